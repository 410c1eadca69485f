"""Stores with one thing made wrong; everything else is done by the real one."""

from collections.abc import Callable
from dataclasses import dataclass

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
from keyfob_server.ports.storage import HotStore
from keyfob_server.rules.acts import Act, InstanceChange
from keyfob_server.rules.records import Grant, GrantKey, Loaded, NewInstance


def _as_it_is(loaded: Loaded) -> Loaded:
    return loaded


def _as_registered(instance: NewInstance) -> NewInstance:
    return instance


@dataclass(frozen=True, slots=True)
class StoreTwin:
    """A `HotStore` over the real one."""

    real: HotStore
    loaded: Callable[[Loaded], Loaded] = _as_it_is
    """What it makes of the rows that it read."""
    registered: Callable[[NewInstance], NewInstance] = _as_registered
    """What it makes of an instance before it is stored."""
    sees_conflicts: bool = True
    """Whether it tells that a grant was there before."""
    revokes: bool = True

    async def load(
        self,
        *,
        client_id: ClientId | None = None,
        account_id: AccountId | None = None,
        grant: GrantKey | None = None,
        session_id: SessionId | None = None,
        token_id: str | None = None,
        caller_id: ClientId | None = None,
    ) -> Loaded:
        rows = await self.real.load(
            client_id=client_id,
            account_id=account_id,
            grant=grant,
            session_id=session_id,
            token_id=token_id,
            caller_id=caller_id,
        )
        return self.loaded(rows)

    async def add_grant(self, grant: Grant) -> bool:
        return await self.real.add_grant(grant) or not self.sees_conflicts

    async def rotate_grant(
        self, key: GrantKey, *, presented: int, generation: int, now: int, successor: int | None = None
    ) -> bool:
        return await self.real.rotate_grant(
            key, presented=presented, generation=generation, now=now, successor=successor
        )

    async def revoke_grant(
        self, key: GrantKey, *, reason: str, refresh_counter: int | None = None, act: Act | None = None
    ) -> bool:
        if not self.revokes:
            return True
        return await self.real.revoke_grant(key, reason=reason, refresh_counter=refresh_counter, act=act)

    async def revoke_access(self, key: GrantKey, *, access_generation: int) -> bool:
        return await self.real.revoke_access(key, access_generation=access_generation)

    async def retire_previous_secret(self, client_id: ClientId, *, secret_hash: str) -> bool:
        return await self.real.retire_previous_secret(client_id, secret_hash=secret_hash)

    async def add_instance(self, instance: NewInstance) -> bool:
        return await self.real.add_instance(self.registered(instance))

    async def set_instance_status(
        self,
        client_id: ClientId,
        status: str,
        *,
        act: Act,
        tombstone: ClientMetadata | None = None,
        end_sessions: bool = False,
    ) -> InstanceChange | None:
        return await self.real.set_instance_status(
            client_id, status, act=act, tombstone=tombstone, end_sessions=end_sessions
        )
