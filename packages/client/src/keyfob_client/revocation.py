"""Ending a token at the server (RFC 7009): an access token, or with a refresh token the whole sign-in."""

from typing import Literal

from keyfob_client.client_credentials import ClientCredentials, authentication_headers, authentication_parameters
from keyfob_client.discovery import ACCEPT_JSON
from keyfob_client.errors import InvalidConfiguration
from keyfob_client.json_answer import answered_document
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.token import FORM
from keyfob_protocol.parameters import encode_parameters
from keyfob_protocol.presented_token import presented_token_parameters
from keyfob_protocol.server_metadata import ServerMetadata

_OK = 200


def revocation_request(
    metadata: ServerMetadata,
    credentials: ClientCredentials,
    token: str,
    *,
    hint: Literal["", "access_token", "refresh_token"] = "",
) -> HttpRequest:
    """Raises InvalidConfiguration when the server does not revoke tokens."""
    if not metadata.revocation_endpoint:
        raise InvalidConfiguration("The server does not revoke tokens.", stage="end_session")
    parameters = (*presented_token_parameters(token, hint=hint), *authentication_parameters(credentials))
    headers = (FORM, ACCEPT_JSON, *authentication_headers(credentials))
    return HttpRequest("POST", metadata.revocation_endpoint, headers, encode_parameters(parameters).encode())


def parse_revocation_response(response: HttpResponse, *, instance: bool = True) -> None:
    """A token that the server never knew is revoked too (section 2.2).

    Raises ServerAnswerRefused, ServerUnavailable, or what `refusal` makes of the server's error.
    """
    if response.status != _OK:
        answered_document(response, status=_OK, stage="end_session", instance=instance)
