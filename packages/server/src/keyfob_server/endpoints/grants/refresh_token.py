"""RFC 6749 section 6 with rotation (RFC 9700 section 4.14.2): one conditional update."""

from dataclasses import dataclass, replace
from typing import assert_never

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InvalidGrant, TemporarilyUnavailable
from keyfob_protocol.identifiers import AccountId
from keyfob_protocol.token_request import RefreshTokenRequest
from keyfob_protocol.token_response import TokenResponse
from keyfob_server.endpoints.client_auth import AuthenticatedClient
from keyfob_server.endpoints.issue import client_lifetimes, token_response
from keyfob_server.endpoints.services import Services
from keyfob_server.ports.sealing import PresentedRefreshToken
from keyfob_server.rules.acts import Act
from keyfob_server.rules.lifetimes import grant_ends
from keyfob_server.rules.records import Client, Grant, GrantKey, Loaded
from keyfob_server.rules.refresh import CatchUp, Refused, Repeat, Reused, Rotate, judge, narrowed_scope

NAME = "refresh_token"
REFUSAL = "the refresh token is not valid"


@cheaply_made
@dataclass(frozen=True, slots=True)
class Refresh:
    services: Services
    request: RefreshTokenRequest
    presented: PresentedRefreshToken | None

    @property
    def name(self) -> str:
        return NAME

    @property
    def account_id(self) -> AccountId | None:
        return None

    @property
    def grant_key(self) -> GrantKey | None:
        return self.presented.key if self.presented else None

    @property
    def dead_client_is_invalid_grant(self) -> bool:
        return True

    async def redeem(self, client: AuthenticatedClient, loaded: Loaded) -> TokenResponse:
        """Raises InvalidGrant, InvalidScope; after a lost race the rows are read again, once."""
        presented, grant = self.presented, loaded.grant
        if presented is None or grant is None:
            raise InvalidGrant(REFUSAL, reason="not a refresh token of ours")
        if not self.services.refresh_tokens.verify(presented, salt=grant.salt):
            raise InvalidGrant(REFUSAL, reason="wrong MAC")
        if not client_lifetimes(self.services, client.client).refresh_tokens:
            raise InvalidGrant(REFUSAL, reason="this client has no refresh tokens any more")
        answer = await self._attempt(client.client, loaded, grant, presented.counter)
        if answer is None:
            loaded = await self.services.store.load(client_id=client.client.client_id, grant=presented.key)
            if loaded.client is None or loaded.grant is None:
                raise InvalidGrant(REFUSAL, reason="gone between two reads")
            answer = await self._attempt(loaded.client, loaded, loaded.grant, presented.counter)
        if answer is None:
            raise TemporarilyUnavailable("please try again", reason="lost the race for the counter twice")
        return answer

    async def _attempt(self, client: Client, loaded: Loaded, grant: Grant, presented: int) -> TokenResponse | None:
        """None when the row moved between reading and writing."""
        services, lifetimes = self.services, client_lifetimes(self.services, client)
        ends = grant_ends(grant, lifetimes)
        verdict = judge(
            loaded,
            grant if ends == grant.expires else replace(grant, expires=ends),
            client_id=client.client_id,
            presented=presented,
            idle_s=lifetimes.refresh_idle_s,
            repeat_window_s=services.policy.refresh_repeat_window_s,
            restored_at=services.restored_at,
        )
        match verdict:
            case Rotate(successor) | CatchUp(successor):
                scope = narrowed_scope(grant.scope, self.request.scope)
                rotated = await services.store.rotate_grant(
                    grant.key,
                    presented=grant.refresh_counter,
                    generation=grant.generation,
                    now=loaded.now,
                    successor=successor,
                )
                if not rotated:
                    return None
                event = "grant.refreshed" if isinstance(verdict, Rotate) else "grant.caught_up"
                services.events.emit(event, client_id=client.client_id, grant_id=grant.key.id)
                return self._answer(client, loaded, replace(grant, refresh_counter=successor), scope)
            case Repeat():
                scope = narrowed_scope(grant.scope, self.request.scope)
                services.events.emit("grant.repeated", client_id=client.client_id, grant_id=grant.key.id)
                if services.repeats.count(grant.key, grant.refresh_counter):
                    services.events.emit(
                        "refresh_reuse", client_id=client.client_id, grant_id=grant.key.id, kind="repeats"
                    )
                return self._answer(client, loaded, grant, scope)
            case Reused(kind):
                revoked = await services.store.revoke_grant(
                    grant.key,
                    reason=f"refresh token reuse: {kind}",
                    refresh_counter=grant.refresh_counter,
                    act=Act(reason=f"refresh token reuse: {kind}"),
                )
                services.events.emit(
                    "refresh_reuse",
                    client_id=client.client_id,
                    grant_id=grant.key.id,
                    kind=kind,
                    grant_revoked=revoked,
                )
                if not revoked and grant.status == "active":
                    return None
                raise InvalidGrant(REFUSAL, reason=f"reused: {kind}")
            case Refused(reason):
                raise InvalidGrant(REFUSAL, reason=reason)
            case _:
                assert_never(verdict)

    def _answer(self, client: Client, loaded: Loaded, grant: Grant, scope: tuple[str, ...]) -> TokenResponse:
        if loaded.account is None:
            raise InvalidGrant(REFUSAL, reason="unknown account")
        nonce = "" if client.metadata.id_token_on_refresh else None
        return token_response(self.services, client, loaded.account, grant, scope=scope, nonce=nonce, now=loaded.now)


def prepare(services: Services, request: RefreshTokenRequest) -> Refresh:
    return Refresh(services, request, services.refresh_tokens.parse(request.refresh_token))
