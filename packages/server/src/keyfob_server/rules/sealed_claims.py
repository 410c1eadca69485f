"""What sealed values claim, and their compact form: a JSON array in the order of the fields.

Each kind is sealed for a purpose of its own (`PURPOSE`), so none can stand for another.
"""

from dataclasses import dataclass
from typing import ClassVar, cast

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.identifiers import AccountId, ClientId, CodeId, GrantId, SessionId
from keyfob_server.rules.claim_text import claim_text, claims_of
from keyfob_server.rules.records import Authentication, Generations, GrantKey


@cheaply_made
@dataclass(frozen=True, slots=True)
class CodeClaims:
    """An authorization code (RFC 6749 section 4.1.2), bound to client, redirect URI and PKCE challenge."""

    PURPOSE: ClassVar[str] = "code"

    id: CodeId
    client_id: ClientId
    grant_client_id: ClientId
    """The client that holds the grant: the redeeming one, or the id reserved for the future instance."""
    account_id: AccountId
    scope: tuple[str, ...]
    redirect_hash: str
    """SHA-256 of the redirect URI that the token request must repeat; empty when the request left it out."""
    code_challenge: str
    nonce: str
    authentication: Authentication
    generations: Generations
    session_id: SessionId
    expires_at: int

    @property
    def grant_key(self) -> GrantKey:
        return GrantKey(self.grant_client_id, GrantId(self.id))

    def encode(self) -> bytes:
        auth, generations = self.authentication, self.generations
        return claim_text(
            [
                self.id,
                self.client_id,
                self.grant_client_id,
                self.account_id,
                " ".join(self.scope),
                self.redirect_hash,
                self.code_challenge,
                self.nonce,
                auth.auth_time,
                auth.acr,
                " ".join(auth.amr),
                generations.client,
                generations.account,
                self.session_id,
                self.expires_at,
                generations.template,
            ]
        )

    @classmethod
    def decode(cls, payload: bytes) -> "CodeClaims":
        (code, client, holder, account, scope, redirect, challenge, nonce, at, acr, amr, cg, ag, sid, end, tg) = cast(
            "tuple[str, str, str, str, str, str, str, str, int, str, str, int, int, str, int, int]",
            claims_of(payload, 16),
        )
        return cls(
            CodeId(code),
            ClientId(client),
            ClientId(holder),
            AccountId(account),
            tuple(scope.split()),
            redirect,
            challenge,
            nonce,
            Authentication(at, acr, tuple(amr.split())),
            Generations(cg, ag, tg),
            SessionId(sid),
            end,
        )


@cheaply_made
@dataclass(frozen=True, slots=True)
class AccessClaims:
    """An opaque access token, and the initial access token of RFC 7591 under a purpose of its own."""

    PURPOSE: ClassVar[str] = "access_token"
    INITIAL_PURPOSE: ClassVar[str] = "initial_token"

    client_id: ClientId
    """Who asked for it."""
    grant_key: GrantKey
    account_id: AccountId
    scope: tuple[str, ...]
    generations: Generations
    grant_generation: int
    access_generation: int
    expires_at: int

    def encode(self) -> bytes:
        return claim_text(
            [
                self.client_id,
                "" if self.grant_key.client_id == self.client_id else self.grant_key.client_id,
                self.grant_key.id,
                self.account_id,
                " ".join(self.scope),
                self.generations.client,
                self.generations.account,
                self.grant_generation,
                self.access_generation,
                self.expires_at,
                self.generations.template,
            ]
        )

    @classmethod
    def decode(cls, payload: bytes) -> "AccessClaims":
        (client, holder, grant, account, scope, cg, ag, gg, xg, end, tg) = cast(
            "tuple[str, str, str, str, str, int, int, int, int, int, int]", claims_of(payload, 11)
        )
        return cls(
            ClientId(client),
            GrantKey(ClientId(holder or client), GrantId(grant)),
            AccountId(account),
            tuple(scope.split()),
            Generations(cg, ag, tg),
            gg,
            xg,
            end,
        )


@cheaply_made
@dataclass(frozen=True, slots=True)
class InteractionClaims:
    """The state of a page that asks the person something. It never carries a passed factor or a count of attempts:
    the request is judged anew when the form comes back.
    """

    PURPOSE: ClassVar[str] = "interaction"

    kind: str
    """`sign_in`, `confirm` or `sign_out`: a form of one kind never serves another."""
    browser_hash: str
    """Hash of the browser cookie that the page was made for (anti-CSRF)."""
    session_id: str
    """The session that the page was shown to; empty when there was none."""
    query: str
    """The request, form-encoded as it came."""
    issued_at: int
    expires_at: int

    def encode(self) -> bytes:
        return claim_text([self.kind, self.browser_hash, self.session_id, self.query, self.issued_at, self.expires_at])

    @classmethod
    def decode(cls, payload: bytes) -> "InteractionClaims":
        (kind, browser, session, query, issued, expires) = cast(
            "tuple[str, str, str, str, int, int]", claims_of(payload, 6)
        )
        return cls(kind, browser, session, query, issued, expires)
