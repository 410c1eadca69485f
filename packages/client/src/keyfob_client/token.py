"""The token endpoint: a code or a refresh token for tokens (RFC 6749 sections 4.1.3, 5 and 6)."""

import re

from keyfob_client.authorization import PendingAuthorization
from keyfob_client.client_credentials import ClientCredentials, authentication_headers, authentication_parameters
from keyfob_client.discovery import ACCEPT_JSON
from keyfob_client.errors import ServerAnswerRefused, Stage
from keyfob_client.json_answer import answered_document
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_protocol.parameters import encode_parameters
from keyfob_protocol.response_members import MalformedResponse
from keyfob_protocol.server_metadata import ServerMetadata
from keyfob_protocol.token_request import AuthorizationCodeRequest, RefreshTokenRequest, TokenRequest, to_parameters
from keyfob_protocol.token_response import TokenResponse
from keyfob_protocol.token_response import parse_token_response as read_response

FORM = ("Content-Type", "application/x-www-form-urlencoded")
_BEARER_TOKEN = re.compile(r"[!-~]+")


def code_request(
    metadata: ServerMetadata, credentials: ClientCredentials, pending: PendingAuthorization, code: str
) -> HttpRequest:
    asked = AuthorizationCodeRequest(code=code, redirect_uri=pending.redirect_uri, code_verifier=pending.code_verifier)
    return _token_request(metadata, credentials, asked)


def refresh_request(metadata: ServerMetadata, credentials: ClientCredentials, refresh_token: str) -> HttpRequest:
    return _token_request(metadata, credentials, RefreshTokenRequest(refresh_token))


def parse_token_response(response: HttpResponse, *, stage: Stage, instance: bool) -> TokenResponse:
    """`stage` is `authorization_response` for a code, `refresh` for a refresh token.

    Raises ServerAnswerRefused, ServerUnavailable, or what `refusal` makes of the server's error.
    """
    document = answered_document(response, status=200, stage=stage, instance=instance)
    try:
        answer = read_response(document)
    except MalformedResponse as error:
        raise ServerAnswerRefused(f"The server's tokens cannot be read: {error}.", stage=stage) from error
    if answer.token_type.lower() != "bearer":
        raise ServerAnswerRefused("The server issued tokens of a type that is not Bearer.", stage=stage)
    if not _BEARER_TOKEN.fullmatch(answer.access_token):
        raise ServerAnswerRefused("The server issued a token that no header can carry.", stage=stage)
    return answer


def _token_request(metadata: ServerMetadata, credentials: ClientCredentials, asked: TokenRequest) -> HttpRequest:
    parameters = (*to_parameters(asked), *authentication_parameters(credentials))
    headers = (FORM, ACCEPT_JSON, *authentication_headers(credentials))
    return HttpRequest("POST", metadata.token_endpoint, headers, encode_parameters(parameters).encode())
