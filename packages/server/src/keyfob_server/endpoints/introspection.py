"""The introspection endpoint (RFC 7662): a client about its own tokens, and nobody about anything else."""

from keyfob_protocol.errors import InvalidClient, TooManyRequests
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters
from keyfob_protocol.presented_token import parse_presented_token
from keyfob_server.endpoints.client_auth import PROVING_METHODS, authenticate, presented_credentials
from keyfob_server.endpoints.failed_credentials import refuse_flood
from keyfob_server.endpoints.opened_token import OpenedAccessToken, OpenedInitialToken, open_token
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.initial_claims import InitialTokenClaims
from keyfob_server.rules.introspection import INACTIVE, introspect_access, introspect_initial
from keyfob_server.rules.liveness import client_status
from keyfob_server.rules.remote_address import RemoteAddress


async def introspect(
    services: Services, parameters: Parameters, authorization: str | None, remote: RemoteAddress
) -> dict[str, object]:
    """The members of the answer; raises InvalidRequest, InvalidClient, TooManyRequests.

    Who proves nothing may not ask: whoever found a token could try it here (section 4).
    """
    refuse_flood(services, remote)
    token = parse_presented_token(parameters)
    credentials = presented_credentials(parameters, authorization)
    if credentials.method not in PROVING_METHODS:
        raise InvalidClient("client authentication is required", reason="a public client asked")
    opened = open_token(services, token)
    claims = opened.claims if isinstance(opened, OpenedAccessToken) and not opened.initial else None
    loaded = await services.store.load(
        client_id=credentials.client_id,
        account_id=claims.account_id if claims else None,
        grant=claims.grant_key if claims else None,
    )
    client = await authenticate(services, credentials, loaded, remote)
    if opened is None:
        _count_miss(services, client.client.client_id, remote)
    if client_status(client.client):
        return INACTIVE
    if isinstance(opened, OpenedInitialToken):
        return await _initial(services, opened.claims, client.client.client_id)
    if claims is None:
        return INACTIVE
    return introspect_access(claims, loaded, client_id=client.client.client_id, policy=services.policy)


async def _initial(services: Services, claims: InitialTokenClaims, client_id: ClientId) -> dict[str, object]:
    """Of a client's own initial token: its facts are those that a registration with it would be judged by."""
    if claims.client_id != client_id:
        return INACTIVE
    facts = await services.initial_tokens.load_for_registration(
        client_id=client_id,
        account_id=claims.account_id,
        grant=None,
        token_id=claims.id,
        template_id=None,
        reserved=claims.reserved,
    )
    return introspect_initial(claims, facts, policy=services.policy)


def _count_miss(services: Services, client_id: ClientId, remote: RemoteAddress) -> None:
    """Who goes on asking about what was never a token here is told to wait, and is still told about tokens."""
    limit = services.policy.limits.misses_of_introspection
    wait = services.limiter.hit(limit, f"{remote.counted} {client_id}")
    if wait is not None:
        raise TooManyRequests("too many questions about what is no token", reason=limit.name, retry_after_s=wait)
