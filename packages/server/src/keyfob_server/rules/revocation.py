"""What a revocation request may end (RFC 7009 section 2.1). Whatever is left alone is answered like what was ended."""

from dataclasses import dataclass

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.client_token_claims import ClientTokenClaims
from keyfob_server.rules.initial_claims import InitialTokenClaims
from keyfob_server.rules.liveness import death_of_access
from keyfob_server.rules.records import ACTIVE, Grant, Loaded
from keyfob_server.rules.sealed_claims import AccessClaims


@dataclass(frozen=True, slots=True)
class RevokeAccess:
    """Raise the grant's access generation, if it still is this: its access tokens die, its refresh token does not."""

    access_generation: int


@dataclass(frozen=True, slots=True)
class RevokeGrant:
    """Kill the grant and all that was made from it."""


@dataclass(frozen=True, slots=True)
class RevokeById:
    """Note that the token, which has an id and no grant, is good for nothing any more."""


@dataclass(frozen=True, slots=True)
class LeaveAlone:
    """Nothing changes; the reason is for the log."""

    reason: str


def judge_access(claims: AccessClaims, loaded: Loaded, *, client_id: ClientId) -> RevokeAccess | LeaveAlone:
    """An access token or an initial token. `client_id` is the authenticated client's."""
    if claims.client_id != client_id:
        return LeaveAlone("issued to another client")
    death = death_of_access(claims, loaded)
    # a token that waits for a newer app would live again with it
    if death and death != "app too old":
        return LeaveAlone(death)
    return RevokeAccess(claims.access_generation)


def judge_by_id(
    claims: InitialTokenClaims | ClientTokenClaims, loaded: Loaded, *, client_id: ClientId
) -> RevokeById | LeaveAlone:
    """One of a client alone. What an initial token registered already stays: that is revoked as an instance."""
    if claims.client_id != client_id:
        return LeaveAlone("issued to another client")
    if loaded.token_revoked:
        return LeaveAlone("token revoked")
    return RevokeById() if loaded.now < claims.expires_at else LeaveAlone("expired")


def judge_refresh(grant: Grant, *, client_id: ClientId) -> RevokeGrant | LeaveAlone:
    """A refresh token whose MAC is right, whatever its counter: a spent one stands for its grant too."""
    if grant.key.client_id != client_id:
        return LeaveAlone("issued to another client")
    return RevokeGrant() if grant.status == ACTIVE else LeaveAlone("grant not active")
