"""OpenID Connect Core section 5.3."""

from keyfob_protocol.claims import claims_for
from keyfob_protocol.errors import InsufficientScope, InvalidToken
from keyfob_server.endpoints.bearer import bearer_token
from keyfob_server.endpoints.caller import note_caller
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.subjects import subject_for
from keyfob_server.rules.liveness import death_of_access
from keyfob_server.rules.sealed_claims import AccessClaims
from keyfob_server.rules.subjects import facts_of


async def userinfo(services: Services, authorization: str | None) -> dict[str, object]:
    """The claims of the token's scope; raises InvalidToken, InsufficientScope."""
    payload = services.sealer.open(AccessClaims.PURPOSE, bearer_token(authorization))
    if payload is None:
        raise InvalidToken("the access token is not valid", reason="not an access token of ours")
    claims = AccessClaims.decode(payload)
    loaded = await services.store.load(client_id=claims.client_id, account_id=claims.account_id, grant=claims.grant_key)
    note_caller(loaded.client)
    death = death_of_access(claims, loaded)
    if death or loaded.account is None or loaded.client is None:
        raise InvalidToken("the access token is not valid", reason=death or "unknown account")
    if "openid" not in claims.scope:
        raise InsufficientScope("scope openid is required")
    told = claims_for(claims.scope, facts_of(loaded.account))
    return {**told, "sub": subject_for(services, loaded.client, loaded.account)}
