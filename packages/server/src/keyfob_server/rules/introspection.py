"""What a client is told of a token that it presents (RFC 7662 section 2.2)."""

from dataclasses import dataclass

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.scopes import format_scope
from keyfob_server.rules.authorize import DCR
from keyfob_server.rules.client_token_claims import ClientTokenClaims
from keyfob_server.rules.initial_claims import InitialTokenClaims
from keyfob_server.rules.initial_token_records import RegistrationFacts
from keyfob_server.rules.initial_tokens import Live, judge
from keyfob_server.rules.liveness import death_of_access, death_of_client_token
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import Loaded
from keyfob_server.rules.sealed_claims import AccessClaims
from keyfob_server.rules.subjects import is_pairwise

INACTIVE: dict[str, object] = {"active": False}
"""All that anybody learns of a token that is dead, unknown, of another kind, or somebody else's."""


@cheaply_made
@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the client that the token was issued to, or a resource server that guards some of its scopes."""

    client_id: ClientId
    guarded: tuple[str, ...] = ()

    def told(self, issued_to: ClientId, scope: tuple[str, ...]) -> tuple[str, ...]:
        """The part of the scope that is this asker's business: all of its own token, of another's what it guards."""
        return scope if issued_to == self.client_id else tuple(value for value in scope if value in self.guarded)


def introspect_access(
    claims: AccessClaims, loaded: Loaded, *, asker: Asker, subject: str, policy: Policy
) -> dict[str, object]:
    """An access token with a grant. `subject` is how the token's client knows the person."""
    scope = asker.told(claims.client_id, claims.scope)
    if not scope or loaded.account is None or death_of_access(claims, loaded):
        return INACTIVE
    named = _user_name(loaded) if claims.client_id == asker.client_id else {}
    return _active(claims.client_id, scope, claims.expires_at, policy) | named | {"sub": subject}


def introspect_client_token(
    claims: ClientTokenClaims, loaded: Loaded, *, asker: Asker, policy: Policy
) -> dict[str, object]:
    """An access token of a client alone: its subject is the client (RFC 9068 section 2.2)."""
    scope = asker.told(claims.client_id, claims.scope)
    if not scope or death_of_client_token(claims, loaded):
        return INACTIVE
    return _active(claims.client_id, scope, claims.expires_at, policy) | {"sub": claims.client_id}


def _active(client_id: ClientId, scope: tuple[str, ...], expires_at: int, policy: Policy) -> dict[str, object]:
    return {
        "active": True,
        "scope": format_scope(scope),
        "client_id": client_id,
        "token_type": "Bearer",
        "exp": expires_at,
        "iss": policy.issuer,
    }


def introspect_initial(
    claims: AccessClaims | InitialTokenClaims, facts: RegistrationFacts, *, subject: str = "", policy: Policy
) -> dict[str, object]:
    """The members for the client that the initial token was issued to: active until it registered something.

    `subject` is how that client knows the person whose sign-in led to the token.
    """
    if facts.taken or not isinstance(judge(claims, facts), Live):
        return INACTIVE
    if isinstance(claims, InitialTokenClaims):
        return _active(claims.client_id, (DCR,), claims.expires_at, policy)
    named = _user_name(facts.loaded)
    return _active(claims.client_id, claims.scope, claims.expires_at, policy) | named | {"sub": subject}


def _user_name(loaded: Loaded) -> dict[str, object]:
    """For the token's own client, unless it knows people by other names."""
    return {} if loaded.account is None or is_pairwise(loaded.client) else {"username": loaded.account.user_name}
