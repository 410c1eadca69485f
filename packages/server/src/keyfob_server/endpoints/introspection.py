"""The introspection endpoint (RFC 7662): a client about its own tokens, a resource server about those that hold a scope
that it guards, and nobody about anything else.
"""

from dataclasses import dataclass, replace

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InvalidClient, TooManyRequests
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters
from keyfob_protocol.presented_token import parse_presented_token
from keyfob_server.endpoints.client_auth import PROVING_METHODS, authenticate, presented_credentials
from keyfob_server.endpoints.failed_credentials import refuse_flood
from keyfob_server.endpoints.opened_token import (
    OpenedAccessToken,
    OpenedClientToken,
    OpenedInitialToken,
    OpenedToken,
    open_token,
)
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.subjects import subject_for
from keyfob_server.rules.initial_claims import InitialTokenClaims
from keyfob_server.rules.initial_tokens import grant_key_of, reserved_id_of, token_id_of
from keyfob_server.rules.introspection import (
    INACTIVE,
    Asker,
    introspect_access,
    introspect_client_token,
    introspect_initial,
)
from keyfob_server.rules.liveness import client_status
from keyfob_server.rules.records import Client, Loaded
from keyfob_server.rules.remote_address import RemoteAddress
from keyfob_server.rules.sealed_claims import AccessClaims


@cheaply_made
@dataclass(frozen=True, slots=True)
class Introspected:
    """The members of the answer, and who asked."""

    members: dict[str, object]
    caller: ClientId
    now: int


async def introspect(
    services: Services, parameters: Parameters, authorization: str | None, remote: RemoteAddress
) -> Introspected:
    """Raises InvalidRequest, InvalidClient, TooManyRequests.

    Who proves nothing may not ask: whoever found a token could try it here (section 4).
    """
    refuse_flood(services, remote)
    token = parse_presented_token(parameters)
    credentials = presented_credentials(parameters, authorization)
    if credentials.method not in PROVING_METHODS:
        raise InvalidClient("client authentication is required", reason="a public client asked")
    opened = open_token(services, token)
    loaded, asking = await _load(services, opened, credentials.client_id)
    client = (await authenticate(services, credentials, asking, remote)).client
    if opened is None:
        _count_miss(services, client.client_id, remote)
    members = INACTIVE if client_status(client) else await _members(services, opened, loaded, client)
    return Introspected(members, client.client_id, loaded.now)


async def _load(services: Services, opened: OpenedToken | None, caller: ClientId) -> tuple[Loaded, Loaded]:
    """What the token is judged by, and what the caller is: the same rows when it asks about its own."""
    access = opened.claims if isinstance(opened, OpenedAccessToken) and not opened.initial else None
    alone = opened.claims if isinstance(opened, OpenedClientToken) else None
    claims = access or alone
    foreign = claims is not None and claims.client_id != caller
    loaded = await services.store.load(
        client_id=claims.client_id if claims else caller,
        account_id=access.account_id if access else None,
        grant=access.grant_key if access else None,
        token_id=alone.id if alone else None,
        caller_id=caller if foreign else None,
    )
    if not foreign:
        return loaded, loaded
    # an instance may ask too, and learns nothing of another's token
    asking = loaded.caller or (await services.store.load(client_id=caller)).client
    return loaded, replace(loaded, client=asking)


async def _members(services: Services, opened: OpenedToken | None, loaded: Loaded, client: Client) -> dict[str, object]:
    asker = Asker(client.client_id, client.settings.introspection_scopes if client.kind == "static" else ())
    match opened:
        case OpenedInitialToken(claims) | OpenedAccessToken(claims, initial=True):
            return await _initial(services, claims, client.client_id)
        case OpenedClientToken(own):
            return introspect_client_token(own, loaded, asker=asker, policy=services.policy)
        case OpenedAccessToken(access, initial=False) if loaded.client and loaded.account:
            subject = subject_for(services, loaded.client, loaded.account)
            return introspect_access(access, loaded, asker=asker, subject=subject, policy=services.policy)
        case _:
            return INACTIVE


async def _initial(
    services: Services, claims: AccessClaims | InitialTokenClaims, client_id: ClientId
) -> dict[str, object]:
    """Of a client's own initial token: its facts are those that a registration with it would be judged by."""
    if claims.client_id != client_id:
        return INACTIVE
    facts = await services.initial_tokens.load_for_registration(
        client_id=client_id,
        account_id=claims.account_id,
        grant=grant_key_of(claims),
        token_id=token_id_of(claims),
        template_id=None,
        reserved=reserved_id_of(claims),
    )
    client, account = facts.loaded.client, facts.loaded.account
    subject = subject_for(services, client, account) if client and account else ""
    return introspect_initial(claims, facts, subject=subject, policy=services.policy)


def _count_miss(services: Services, client_id: ClientId, remote: RemoteAddress) -> None:
    """Who goes on asking about what was never a token here is told to wait, and is still told about tokens."""
    limit = services.policy.limits.misses_of_introspection
    wait = services.limiter.hit(limit, f"{remote.counted} {client_id}")
    if wait is not None:
        raise TooManyRequests("too many questions about what is no token", reason=limit.name, retry_after_s=wait)
