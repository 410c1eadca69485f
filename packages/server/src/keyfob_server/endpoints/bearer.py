"""Bearer tokens in the Authorization header (RFC 6750 section 2.1); the query and the body are refused."""

from keyfob_protocol.errors import InvalidRequest, InvalidToken, MissingToken

_MAX_TOKEN = 4096


def bearer_token(authorization: str | None) -> str:
    """Raises MissingToken without credentials, InvalidToken for what cannot be one of ours."""
    if authorization is None:
        raise MissingToken
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise MissingToken
    token = token.strip()
    if not token or len(token) > _MAX_TOKEN or not token.isascii():
        raise InvalidToken("the token is malformed")
    return token


def refuse_other_transports(names: tuple[str, ...]) -> None:
    """Raises InvalidRequest when a query or form carries a token."""
    if "access_token" in names:
        raise InvalidRequest("send the access token in the Authorization header only")
