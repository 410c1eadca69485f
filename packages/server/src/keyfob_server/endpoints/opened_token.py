"""A token whose kind nobody named: what it shows itself to be, before any row was read."""

from dataclasses import dataclass

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_server.endpoints.services import Services
from keyfob_server.ports.sealing import PresentedRefreshToken
from keyfob_server.rules.client_token_claims import ClientTokenClaims
from keyfob_server.rules.initial_claims import InitialTokenClaims
from keyfob_server.rules.records import GrantKey
from keyfob_server.rules.sealed_claims import AccessClaims


@cheaply_made
@dataclass(frozen=True, slots=True)
class OpenedAccessToken:
    """Sealed by this server: an access token, or with `initial` one that registers."""

    claims: AccessClaims
    initial: bool = False

    @property
    def grant_key(self) -> GrantKey:
        return self.claims.grant_key


@cheaply_made
@dataclass(frozen=True, slots=True)
class OpenedRefreshToken:
    """Of the form; whether it is true is known with the grant's salt alone."""

    presented: PresentedRefreshToken

    @property
    def grant_key(self) -> GrantKey:
        return self.presented.key


@cheaply_made
@dataclass(frozen=True, slots=True)
class OpenedInitialToken:
    """One that no code flow led to: it has an id and no grant."""

    claims: InitialTokenClaims

    @property
    def grant_key(self) -> None:
        return None


@cheaply_made
@dataclass(frozen=True, slots=True)
class OpenedClientToken:
    """An access token of a client alone: it has an id and no grant."""

    claims: ClientTokenClaims

    @property
    def grant_key(self) -> None:
        return None


OpenedToken = OpenedAccessToken | OpenedRefreshToken | OpenedInitialToken | OpenedClientToken


def open_token(services: Services, token: str) -> OpenedToken | None:
    """None for what is neither: junk, ID tokens, codes, registration access tokens."""
    for purpose in (AccessClaims.PURPOSE, AccessClaims.INITIAL_PURPOSE):
        payload = services.sealer.open(purpose, token)
        if payload is not None:
            return OpenedAccessToken(AccessClaims.decode(payload), initial=purpose == AccessClaims.INITIAL_PURPOSE)
    payload = services.sealer.open(InitialTokenClaims.PURPOSE, token)
    if payload is not None:
        return OpenedInitialToken(InitialTokenClaims.decode(payload))
    payload = services.sealer.open(ClientTokenClaims.PURPOSE, token)
    if payload is not None:
        return OpenedClientToken(ClientTokenClaims.decode(payload))
    presented = services.refresh_tokens.parse(token)
    return OpenedRefreshToken(presented) if presented else None
