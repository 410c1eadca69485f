"""The revocation endpoint (RFC 7009): whatever is presented, a client that is who it says is gets the same answer."""

from typing import assert_never

from keyfob_protocol.parameters import Parameters
from keyfob_protocol.presented_token import parse_presented_token
from keyfob_server.endpoints.client_auth import AuthenticatedClient, authenticate, presented_credentials
from keyfob_server.endpoints.failed_credentials import refuse_flood
from keyfob_server.endpoints.opened_token import (
    OpenedAccessToken,
    OpenedClientToken,
    OpenedInitialToken,
    OpenedRefreshToken,
    open_token,
)
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.acts import Act
from keyfob_server.rules.liveness import client_status
from keyfob_server.rules.records import Loaded
from keyfob_server.rules.remote_address import RemoteAddress
from keyfob_server.rules.revocation import (
    LeaveAlone,
    RevokeAccess,
    RevokeById,
    RevokeGrant,
    judge_access,
    judge_by_id,
    judge_refresh,
)


async def revoke(services: Services, parameters: Parameters, authorization: str | None, remote: RemoteAddress) -> None:
    """Raises InvalidRequest, InvalidClient, TooManyRequests. What cannot be revoked is dead already, or nobody's."""
    refuse_flood(services, remote)
    token = parse_presented_token(parameters)
    credentials = presented_credentials(parameters, authorization)
    opened = open_token(services, token)
    loaded = await services.store.load(
        client_id=credentials.client_id,
        account_id=opened.claims.account_id if isinstance(opened, OpenedAccessToken) else None,
        grant=opened.grant_key if opened else None,
        token_id=opened.claims.id if isinstance(opened, OpenedInitialToken | OpenedClientToken) else None,
    )
    client = await authenticate(services, credentials, loaded, remote)
    if opened is None or client_status(client.client):
        return
    if isinstance(opened, OpenedInitialToken | OpenedClientToken):
        await _revoke_by_id(services, opened, client, loaded)
        return
    verdict = _judge(services, opened, client, loaded)
    match verdict:
        case RevokeAccess(access_generation):
            revoked = await services.store.revoke_access(opened.grant_key, access_generation=access_generation)
            kind = "access"
        case RevokeGrant():
            revoked = await services.store.revoke_grant(opened.grant_key, reason="revoked by its client")
            kind = "grant"
        case LeaveAlone(reason):
            services.events.emit("revocation.idle", client_id=client.client.client_id, reason=reason)
            return
        case _:
            assert_never(verdict)
    if revoked:
        services.events.emit(
            "grant.revoked", client_id=client.client.client_id, grant_id=opened.grant_key.id, kind=kind
        )


async def _revoke_by_id(
    services: Services, opened: OpenedInitialToken | OpenedClientToken, client: AuthenticatedClient, loaded: Loaded
) -> None:
    """It has no row: from now on there is one that says so."""
    client_id, claims = client.client.client_id, opened.claims
    match judge_by_id(claims, loaded, client_id=client_id):
        case LeaveAlone(reason):
            services.events.emit("revocation.idle", client_id=client_id, reason=reason)
        case RevokeById():
            act = Act(by=f"client: {client_id}", reason="revoked by its client")
            if await services.initial_tokens.revoke_client_token(
                client_id, claims.id, expires=claims.expires_at, act=act
            ):
                services.events.emit("token.revoked", client_id=client_id, token_id=claims.id)


def _judge(
    services: Services, opened: OpenedAccessToken | OpenedRefreshToken, client: AuthenticatedClient, loaded: Loaded
) -> RevokeAccess | RevokeGrant | LeaveAlone:
    client_id = client.client.client_id
    match opened:
        case OpenedAccessToken(claims):
            return judge_access(claims, loaded, client_id=client_id)
        case OpenedRefreshToken(presented):
            grant = loaded.grant
            if grant is None or not services.refresh_tokens.verify(presented, salt=grant.salt):
                return LeaveAlone("not a refresh token of ours")
            return judge_refresh(grant, client_id=client_id)
        case _:
            assert_never(opened)
