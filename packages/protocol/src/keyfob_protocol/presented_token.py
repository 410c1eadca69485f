"""The request of revocation and of introspection: a token to act on (RFC 7009 section 2.1, RFC 7662 section 2.1)."""

from keyfob_protocol.errors import InvalidRequest
from keyfob_protocol.parameters import Parameters


def parse_presented_token(parameters: Parameters) -> str:
    """Raises InvalidRequest. A `token_type_hint` may be there and is not needed: a token shows what it is."""
    if parameters.repeated(allowed=()):
        raise InvalidRequest("a parameter occurs more than once")
    token = parameters.get("token")
    if token is None:
        raise InvalidRequest("token is missing")
    return token


def presented_token_parameters(token: str, *, hint: str = "") -> tuple[tuple[str, str], ...]:
    """The pairs that parse to `token` again, for clients. `hint`: `access_token` or `refresh_token`."""
    return (("token", token), *((("token_type_hint", hint),) if hint else ()))
