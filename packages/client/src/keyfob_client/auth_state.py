"""All that an app knows about itself at one server. Frozen: every event makes the next state.

Registration -> Unauthenticated -> Authenticated
"""

from dataclasses import dataclass, field, replace
from typing import Literal, Self

from keyfob_client.errors import ClientError, RegistrationLost, SignedOut
from keyfob_client.id_token import VerifiedIdToken
from keyfob_protocol.client_information import ClientInformation, parse_client_information
from keyfob_protocol.identifiers import Issuer
from keyfob_protocol.json_document import JsonDocumentError, dump_json, parse_json_object
from keyfob_protocol.response_members import MalformedResponse, flag, optional_integer, optional_text, text, texts
from keyfob_protocol.token_response import TokenResponse

View = Literal["Registration", "Unauthenticated", "Authenticated"]

REFRESH_MARGIN_S = 30
"""A token this near its end is refreshed before use: a request takes time, and clocks differ."""
_FORMAT = 1


class UnreadableState(ValueError):
    """What was stored is no state of this server, or of another version. It says nothing about the content."""


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str = field(repr=False)
    scope: tuple[str, ...]
    expires_at: int | None
    """Epoch seconds; None when the server did not say."""
    refresh_token: str | None = field(repr=False)
    id_token: str | None = field(repr=False)
    subject: str
    """Empty without an ID token."""


@dataclass(frozen=True, slots=True)
class UnansweredRegistration:
    """A request that was sent, or is about to be: sent again in the same words it makes one registration all the same,
    for as long as the server remembers it (minutes).
    """

    initial_token: str = field(repr=False)
    key: str = field(repr=False)
    """Its `Idempotency-Key`."""
    body: str


@dataclass(frozen=True, slots=True)
class AuthState:
    issuer: Issuer
    registration: ClientInformation | None = field(default=None, repr=False)
    tokens: Tokens | None = None
    signed_out: bool = False
    """The person signed out, so the next sign-in asks for the password."""
    unanswered: UnansweredRegistration | None = None
    """Until its answer is known."""

    @property
    def view(self) -> View:
        if self.registration is None:
            return "Registration"
        return "Unauthenticated" if self.tokens is None else "Authenticated"

    def after_registration(self, registration: ClientInformation) -> Self:
        return replace(self, registration=registration, tokens=None, signed_out=False, unanswered=None)

    def after_token(
        self, answer: TokenResponse, *, asked: tuple[str, ...], received_at: int, id_token: VerifiedIdToken | None
    ) -> Self:
        """`asked` is the scope of the request: an answer that names none granted all of it (RFC 6749 section 5.1)."""
        tokens = Tokens(
            access_token=answer.access_token,
            scope=answer.scope or asked,
            expires_at=_expiry(answer, received_at),
            refresh_token=answer.refresh_token,
            id_token=answer.id_token if id_token else None,
            subject=id_token.subject if id_token else "",
        )
        return replace(self, tokens=tokens, signed_out=False)

    def after_refresh(self, answer: TokenResponse, *, received_at: int) -> Self:
        """The subject and ID token of the sign-in stay: a refresh signs nobody in.

        The old refresh token stays too when the answer brings none (RFC 6749 section 6). ValueError without tokens.
        """
        if self.tokens is None:
            raise ValueError("there are no tokens to refresh")
        tokens = replace(
            self.tokens,
            access_token=answer.access_token,
            scope=answer.scope or self.tokens.scope,
            expires_at=_expiry(answer, received_at),
            refresh_token=answer.refresh_token or self.tokens.refresh_token,
        )
        return replace(self, tokens=tokens)

    def after_sign_out(self) -> Self:
        return replace(self, tokens=None, signed_out=True)

    def after_error(self, error: ClientError) -> Self:
        """What is lost by this error, and no more. A suspended registration is kept, and so are its tokens."""
        match error:
            case RegistrationLost():
                return self.dropped()
            case SignedOut():
                return replace(self, tokens=None)
            case ClientError(stage="end_session"):
                return self.after_sign_out()
            case _:
                return self

    def dropped(self) -> Self:
        """Back to the beginning: the app never registers again by itself."""
        return replace(self, registration=None, tokens=None, signed_out=False, unanswered=None)

    def needs_refresh(self, now: int) -> bool:
        """`now` in epoch seconds. A token whose life is not known is used until the server refuses it."""
        expires_at = self.tokens.expires_at if self.tokens else None
        return expires_at is not None and now >= expires_at - REFRESH_MARGIN_S

    def to_json(self, *, with_tokens: bool, with_unanswered: bool = False) -> bytes:
        """Holds the client secret in clear, and with `with_unanswered` the initial token: for a secure store alone."""
        document: dict[str, object] = {"format": _FORMAT, "issuer": self.issuer, "signed_out": self.signed_out}
        if self.registration is not None:
            document["registration"] = self.registration.document()
        if with_tokens and self.tokens is not None:
            document["tokens"] = {
                "access_token": self.tokens.access_token,
                "scope": list(self.tokens.scope),
                "expires_at": self.tokens.expires_at,
                "refresh_token": self.tokens.refresh_token,
                "id_token": self.tokens.id_token,
                "subject": self.tokens.subject,
            }
        if with_unanswered and self.unanswered is not None:
            document["unanswered"] = {
                "initial_token": self.unanswered.initial_token,
                "key": self.unanswered.key,
                "body": self.unanswered.body,
            }
        return dump_json(document)


def parse_auth_state(data: bytes, *, issuer: Issuer) -> AuthState:
    """The state that `to_json` wrote for this issuer. Raises UnreadableState, whatever else the bytes are."""
    try:
        document = parse_json_object(data)
        if document.get("format") != _FORMAT or document.get("issuer") != issuer:
            raise UnreadableState("another format or another issuer")
        registration, tokens = document.get("registration"), document.get("tokens")
        unanswered = document.get("unanswered")
        state = AuthState(
            issuer,
            registration=parse_client_information(registration) if isinstance(registration, dict) else None,
            signed_out=flag(document, "signed_out", absent=False),
            unanswered=_parse_unanswered(unanswered) if isinstance(unanswered, dict) else None,
        )
        if state.registration is None or not isinstance(tokens, dict):
            return state
        return replace(state, tokens=_parse_tokens(tokens))
    except (JsonDocumentError, MalformedResponse) as error:
        raise UnreadableState("damaged") from error


def _parse_unanswered(members: dict[str, object]) -> UnansweredRegistration:
    return UnansweredRegistration(text(members, "initial_token"), text(members, "key"), text(members, "body"))


def _parse_tokens(members: dict[str, object]) -> Tokens:
    return Tokens(
        access_token=text(members, "access_token"),
        scope=texts(members, "scope"),
        expires_at=optional_integer(members, "expires_at"),
        refresh_token=optional_text(members, "refresh_token"),
        id_token=optional_text(members, "id_token"),
        subject=optional_text(members, "subject") or "",
    )


def _expiry(answer: TokenResponse, received_at: int) -> int | None:
    return None if answer.expires_in is None else received_at + answer.expires_in
