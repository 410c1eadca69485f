"""Signing out at the server too (OpenID Connect RP-Initiated Logout sections 2 and 3)."""

import hmac
from dataclasses import dataclass, field

from keyfob_client.errors import InvalidConfiguration, SecurityRefusal
from keyfob_protocol.errors import InvalidRequest
from keyfob_protocol.jwk import base64url_encode
from keyfob_protocol.parameters import parse_parameters
from keyfob_protocol.redirect_uris import with_parameters
from keyfob_protocol.server_metadata import ServerMetadata

END_SESSION_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True)
class PendingEndSession:
    post_logout_redirect_uri: str
    state: str = field(repr=False)


def end_session_request(
    metadata: ServerMetadata,
    *,
    client_id: str,
    id_token: str | None,
    post_logout_redirect_uri: str,
    random_bytes: bytes,
) -> tuple[str, PendingEndSession]:
    """The URL to open, and what judges the answer. Raises InvalidConfiguration when the server has no such endpoint."""
    if not metadata.end_session_endpoint:
        raise InvalidConfiguration("The server has no end session endpoint.", stage="end_session")
    if len(random_bytes) != END_SESSION_RANDOM_BYTES:
        raise ValueError(f"an end session request takes {END_SESSION_RANDOM_BYTES} random bytes")
    state = base64url_encode(random_bytes)
    hint = (("id_token_hint", id_token),) if id_token else ()
    parameters = (
        *hint,
        ("client_id", client_id),
        ("post_logout_redirect_uri", post_logout_redirect_uri),
        ("state", state),
    )
    pending = PendingEndSession(post_logout_redirect_uri, state)
    return with_parameters(metadata.end_session_endpoint, parameters), pending


def parse_end_session_response(uri: str, pending: PendingEndSession) -> None:
    """Returns when this is the answer to that request. Raises SecurityRefusal."""
    address, _, query = uri.partition("#")[0].partition("?")
    try:
        state = parse_parameters(query).get("state") or ""
    except InvalidRequest as error:
        raise SecurityRefusal("The answer cannot be read.", stage="end_session") from error
    if address != pending.post_logout_redirect_uri or not hmac.compare_digest(state.encode(), pending.state.encode()):
        raise SecurityRefusal("The answer belongs to another request: its state differs.", stage="end_session")
