"""The authorization request that a browser carries, and the answer that it brings back (RFC 6749 section 4.1)."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

from keyfob_client.errors import InvalidConfiguration, SecurityRefusal
from keyfob_client.refusals import error_answer, refusal
from keyfob_protocol.authorization_request import AuthorizationRequest, to_parameters
from keyfob_protocol.authorization_response import AuthorizationErrorResponse, AuthorizationResponse
from keyfob_protocol.authorization_response import parse_authorization_response as read_response
from keyfob_protocol.jwk import base64url_encode
from keyfob_protocol.pkce import challenge_of
from keyfob_protocol.redirect_uris import with_parameters
from keyfob_protocol.response_members import MalformedResponse
from keyfob_protocol.server_metadata import ServerMetadata

_SECRET_BYTES = 32
AUTHORIZATION_RANDOM_BYTES = 3 * _SECRET_BYTES
"""What `authorization_request` needs from a cryptographic source: state, nonce and code verifier."""


@dataclass(frozen=True, slots=True)
class PendingAuthorization:
    """What is kept between the request and its answer. It serves one answer: make another request for another."""

    issuer: str
    client_id: str
    redirect_uri: str
    scope: tuple[str, ...]
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)
    iss_required: bool
    """The server announced that it puts `iss` in every answer (RFC 9207 section 3)."""
    instance: bool


def authorization_request(
    metadata: ServerMetadata,
    *,
    client_id: str,
    redirect_uri: str,
    scope: tuple[str, ...],
    random_bytes: bytes,
    prompt: Iterable[str] = (),
    instance: bool,
) -> tuple[str, PendingAuthorization]:
    """The URL to open, and what judges the answer. Raises InvalidConfiguration when the server has no PKCE by S256."""
    methods = metadata.code_challenge_methods_supported
    if methods and "S256" not in methods:
        raise InvalidConfiguration("The server does not offer PKCE with S256.", stage="authorization_request")
    if len(random_bytes) != AUTHORIZATION_RANDOM_BYTES:
        raise ValueError(f"an authorization request takes {AUTHORIZATION_RANDOM_BYTES} random bytes")
    state, nonce, code_verifier = (
        base64url_encode(random_bytes[start : start + _SECRET_BYTES])
        for start in range(0, AUTHORIZATION_RANDOM_BYTES, _SECRET_BYTES)
    )
    asked = AuthorizationRequest(
        client_id=client_id,
        redirect_uri=redirect_uri,
        scope=scope,
        state=state,
        nonce=nonce,
        code_challenge=challenge_of(code_verifier),
        code_challenge_method="S256",
        prompt=frozenset(prompt),
    )
    pending = PendingAuthorization(
        issuer=metadata.issuer,
        client_id=client_id,
        redirect_uri=redirect_uri,
        scope=scope,
        state=state,
        nonce=nonce,
        code_verifier=code_verifier,
        iss_required=metadata.authorization_response_iss_parameter_supported,
        instance=instance,
    )
    return with_parameters(metadata.authorization_endpoint, to_parameters(asked)), pending


def parse_authorization_response(uri: str, pending: PendingAuthorization) -> str:
    """The code. Where the answer came from is proved before a word of it, even an error, is believed.

    Raises SecurityRefusal, or what `refusal` makes of the server's error.
    """
    base = pending.redirect_uri + ("&" if "?" in pending.redirect_uri else "?")
    if not uri.startswith(base):
        raise _refused("The answer came to another address than the one that was asked for.")
    try:
        response = read_response(uri)
    except MalformedResponse as error:
        raise _refused(f"The answer cannot be read: {error}.") from error
    if response.state is None or not hmac.compare_digest(response.state.encode(), pending.state.encode()):
        raise _refused("The answer belongs to another request: its state differs.")
    if response.iss is None and pending.iss_required:
        raise _refused("The answer does not say which server it comes from.")
    if response.iss is not None and response.iss != pending.issuer:
        raise _refused("The answer comes from another server.")
    match response:
        case AuthorizationResponse(code):
            return code
        case AuthorizationErrorResponse():
            told = error_answer(response.error, response.error_description, response.client_status)
            raise refusal(told, stage="authorization_request", instance=pending.instance)


def _refused(explanation: str) -> SecurityRefusal:
    return SecurityRefusal(explanation, stage="authorization_response")
