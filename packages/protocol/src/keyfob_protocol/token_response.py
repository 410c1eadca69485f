"""The token response (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InvalidScope
from keyfob_protocol.response_members import MalformedResponse, optional_integer, optional_text, text
from keyfob_protocol.scopes import format_scope, parse_scope


@cheaply_made
@dataclass(frozen=True, slots=True)
class TokenResponse:
    access_token: str = field(repr=False)
    token_type: str
    expires_in: int | None
    """Seconds; None when the server did not say."""
    scope: tuple[str, ...]
    """Empty when the server did not say: what was asked for."""
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)

    def document(self) -> dict[str, object]:
        members: dict[str, object] = {"access_token": self.access_token, "token_type": self.token_type}
        if self.expires_in is not None:
            members["expires_in"] = self.expires_in
        if self.scope:
            members["scope"] = format_scope(self.scope)
        if self.refresh_token is not None:
            members["refresh_token"] = self.refresh_token
        if self.id_token is not None:
            members["id_token"] = self.id_token
        return members


def parse_token_response(document: Mapping[str, object]) -> TokenResponse:
    """Raises MalformedResponse. `token_type` keeps the server's spelling; it compares without regard to case."""
    try:
        scope = parse_scope(optional_text(document, "scope"))
    except InvalidScope as error:
        raise MalformedResponse(error.description) from None
    return TokenResponse(
        access_token=text(document, "access_token"),
        token_type=text(document, "token_type"),
        expires_in=optional_integer(document, "expires_in"),
        scope=scope,
        refresh_token=optional_text(document, "refresh_token"),
        id_token=optional_text(document, "id_token"),
    )
