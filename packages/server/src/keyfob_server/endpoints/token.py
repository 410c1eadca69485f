"""The token endpoint (RFC 6749 section 3.2)."""

from keyfob_protocol.errors import (
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
)
from keyfob_protocol.parameters import Parameters
from keyfob_protocol.token_request import parse_token_request
from keyfob_protocol.token_response import TokenResponse
from keyfob_server.endpoints.client_auth import authenticate, presented_credentials
from keyfob_server.endpoints.failed_credentials import refuse_flood
from keyfob_server.endpoints.grants import prepare
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.authorize import ENDED_TEXT, SUSPENDED_TEXT
from keyfob_server.rules.liveness import client_status
from keyfob_server.rules.remote_address import RemoteAddress
from keyfob_server.rules.software_versions import TOO_OLD_TEXT, is_too_old


async def token(
    services: Services, parameters: Parameters, authorization: str | None, remote: RemoteAddress
) -> TokenResponse:
    """Raises the ProtocolError that the client gets as JSON."""
    refuse_flood(services, remote)
    request = parse_token_request(parameters)
    credentials = presented_credentials(parameters, authorization)
    prepared = prepare(services, request)
    loaded = await services.store.load(
        client_id=credentials.client_id, account_id=prepared.account_id, grant=prepared.grant_key
    )
    client = await authenticate(services, credentials, loaded, remote)
    if status := client_status(client.client):
        text = SUSPENDED_TEXT if status == "inactive" else ENDED_TEXT
        error = InvalidGrant if prepared.dead_client_is_invalid_grant else InvalidClient
        raise error(text, client_status=status)
    if is_too_old(client.client):
        raise UnauthorizedClient(TOO_OLD_TEXT)
    if prepared.name not in client.client.metadata.grant_types:
        raise UnauthorizedClient("this client is not registered for that grant type")
    return await prepared.redeem(client, loaded)
