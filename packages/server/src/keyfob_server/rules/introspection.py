"""What a client is told of a token that it presents (RFC 7662 section 2.2)."""

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.scopes import format_scope
from keyfob_server.rules.authorize import DCR
from keyfob_server.rules.initial_claims import InitialTokenClaims
from keyfob_server.rules.initial_token_records import RegistrationFacts
from keyfob_server.rules.initial_tokens import Live, judge
from keyfob_server.rules.liveness import death_of_access
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import Loaded
from keyfob_server.rules.sealed_claims import AccessClaims
from keyfob_server.rules.subjects import subject_of

INACTIVE: dict[str, object] = {"active": False}
"""All that anybody learns of a token that is dead, unknown, of another kind, or somebody else's."""


def introspect_access(
    claims: AccessClaims, loaded: Loaded, *, client_id: ClientId, policy: Policy
) -> dict[str, object]:
    """The members for the client that the token was issued to. `client_id` is the authenticated client's."""
    if claims.client_id != client_id or loaded.account is None or death_of_access(claims, loaded):
        return INACTIVE
    return {
        "active": True,
        "scope": format_scope(claims.scope),
        "client_id": claims.client_id,
        "username": loaded.account.user_name,
        "token_type": "Bearer",
        "exp": claims.expires_at,
        "sub": subject_of(loaded.account, policy),
        "iss": policy.issuer,
    }


def introspect_initial(claims: InitialTokenClaims, facts: RegistrationFacts, *, policy: Policy) -> dict[str, object]:
    """The members for the client that the initial token was issued to: active until it registered something."""
    if facts.taken or not isinstance(judge(claims, facts), Live):
        return INACTIVE
    return {
        "active": True,
        "scope": DCR,
        "client_id": claims.client_id,
        "token_type": "Bearer",
        "exp": claims.expires_at,
        "iss": policy.issuer,
    }
