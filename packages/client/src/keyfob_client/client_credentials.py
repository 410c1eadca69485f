"""How a client proves at the token endpoint who it is (RFC 6749 section 2.3.1, RFC 7591 section 2)."""

import base64
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import quote_plus

from keyfob_client.messages import Headers

Method = Literal["client_secret_basic", "client_secret_post", "none"]
SUPPORTED_METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """`instance`: these are this install's own, not those of the app's registration client."""

    client_id: str
    client_secret: str = field(default="", repr=False)
    method: Method = "none"
    instance: bool = False


def authentication_headers(credentials: ClientCredentials) -> Headers:
    """Basic credentials are form-encoded before they are joined: a colon in an id must not end it."""
    if credentials.method != "client_secret_basic":
        return ()
    joined = f"{quote_plus(credentials.client_id)}:{quote_plus(credentials.client_secret)}"
    return (("Authorization", f"Basic {base64.b64encode(joined.encode()).decode()}"),)


def authentication_parameters(credentials: ClientCredentials) -> tuple[tuple[str, str], ...]:
    match credentials.method:
        case "client_secret_basic":
            return ()
        case "client_secret_post":
            return (("client_id", credentials.client_id), ("client_secret", credentials.client_secret))
        case "none":
            return (("client_id", credentials.client_id),)
