"""RFC 6749 section 2.3.1: id and secret are form-encoded before they go into HTTP Basic."""

import base64
from urllib.parse import unquote_plus

from keyfob_protocol.errors import InvalidClient
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters
from keyfob_server.endpoints.client_auth.presented import PresentedCredentials

NAME = "client_secret_basic"


def present(_parameters: Parameters, authorization: str | None) -> PresentedCredentials | None:
    """Raises InvalidClient when the header is there but holds no credentials."""
    if authorization is None:
        return None
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("the Authorization scheme must be Basic", reason="other authorization scheme")
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        client_id, secret = _decoded(user), _decoded(password)
    except ValueError:
        raise InvalidClient("the Basic credentials cannot be decoded") from None
    if "\x00" in client_id:
        # a form that holds one is refused, and so are the same credentials here: not every database can be asked for it
        raise InvalidClient("the Basic credentials cannot be decoded", reason="a NUL character in the client id")
    if not colon or not client_id or not secret:
        raise InvalidClient("the Basic credentials are incomplete")
    return PresentedCredentials(NAME, ClientId(client_id), secret)


def _decoded(text: str) -> str:
    """Raises ValueError."""
    return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text
