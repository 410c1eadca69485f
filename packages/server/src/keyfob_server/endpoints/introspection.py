"""The introspection endpoint (RFC 7662): a client about its own access tokens, and nobody about anything else."""

from keyfob_protocol.errors import InvalidClient
from keyfob_protocol.parameters import Parameters
from keyfob_protocol.presented_token import parse_presented_token
from keyfob_server.endpoints.client_auth import PROVING_METHODS, authenticate, presented_credentials
from keyfob_server.endpoints.opened_token import OpenedAccessToken, open_token
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.introspection import INACTIVE, introspect_access
from keyfob_server.rules.liveness import client_status


async def introspect(services: Services, parameters: Parameters, authorization: str | None) -> dict[str, object]:
    """The members of the answer; raises InvalidRequest, InvalidClient.

    Who proves nothing may not ask: whoever found a token could try it here (section 4).
    """
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
    client = await authenticate(services, credentials, loaded)
    if claims is None or client_status(client.client):
        return INACTIVE
    return introspect_access(claims, loaded, client_id=client.client.client_id, policy=services.policy)
