"""What administrators do, where the outcome depends on what others do at the same moment."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.administration import (
    InstancesChanged,
    OffForGood,
    StatusChange,
    change_instances,
    instances_of,
)
from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.rules.acts import Act, InstanceChange
from keyfob_server.rules.records import INACTIVE, REVOKED
from support_engines import Database, Sqlite
from support_sqlite_faults import write_lock
from support_stored_records import an_account, an_instance

SUSPEND = StatusChange(INACTIVE, by="support", reason="lost")
REVOKE = StatusChange(REVOKED, by="support", reason="stolen")
FIRST, SECOND = ClientId("i-1"), ClientId("i-2")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    engine = Sqlite()
    return Database(engine, engine.create(tmp_path))


async def seeded(store: Store, count: int = 2) -> None:
    assert await store.add_account(an_account("anna"), password_hash="none")
    for number in range(1, count + 1):
        assert await store.add_instance(an_instance(f"i-{number}"))


def revoked_by_another_first(
    store: Store, monkeypatch: pytest.MonkeyPatch, only: frozenset[ClientId] = frozenset((FIRST, SECOND))
) -> None:
    """From now on somebody else revokes each of these instances just before its status is set."""
    set_status = store.set_instance_status

    async def later(
        client_id: ClientId,
        status: str,
        *,
        act: Act,
        tombstone: ClientMetadata | None = None,
        end_sessions: bool = False,
    ) -> InstanceChange | None:
        if client_id in only:
            await set_status(client_id, REVOKED, act=Act("another", "first"))
        return await set_status(client_id, status, act=act, tombstone=tombstone, end_sessions=end_sessions)

    monkeypatch.setattr(store, "set_instance_status", later)


def test_suspending_what_another_revokes_at_this_moment_says_that_it_is_revoked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(store: Store) -> None:
        await seeded(store)
        revoked_by_another_first(store, monkeypatch)
        assert await change_instances(store, (FIRST, SECOND), SUSPEND) == OffForGood((FIRST, SECOND))

    database.run(scenario)


def test_what_was_changed_is_said_also_when_another_revokes_the_next_at_this_moment(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(store: Store) -> None:
        await seeded(store)
        revoked_by_another_first(store, monkeypatch, frozenset((SECOND,)))
        outcome = await change_instances(store, (FIRST, SECOND), SUSPEND)
        assert isinstance(outcome, InstancesChanged)
        assert [(one.client_id, one.status) for one in outcome.changed] == [(FIRST, "inactive")]
        assert [killed.receipt.client_id for killed in outcome.receipts] == [FIRST]
        assert outcome.late == (SECOND,)

    database.run(scenario)


@pytest.mark.slow
def test_what_was_changed_is_said_also_when_the_database_does_not_take_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(store: Store) -> None:
        await seeded(store)
        set_status = store.set_instance_status

        async def locked_out(client_id: ClientId, status: str, *, act: Act) -> InstanceChange | None:
            if client_id == FIRST:
                return await set_status(client_id, status, act=act)
            with write_lock(Path(database.url.removeprefix("sqlite:///"))):
                return await set_status(client_id, status, act=act)

        def later(client_id: ClientId, status: str, *, act: Act, **_: object) -> Awaitable[InstanceChange | None]:
            return locked_out(client_id, status, act=act)

        monkeypatch.setattr(store, "set_instance_status", later)
        outcome = await change_instances(store, (FIRST, SECOND), SUSPEND)
        assert isinstance(outcome, InstancesChanged)
        assert ([one.client_id for one in outcome.changed], outcome.unreached) == ([FIRST], (SECOND,))
        with pytest.raises(StorageUnavailable):
            await change_instances(store, (SECOND,), SUSPEND)

    database.run(scenario)


def test_revoking_what_another_revokes_at_this_moment_is_done_by_the_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(store: Store) -> None:
        await seeded(store)
        revoked_by_another_first(store, monkeypatch)
        outcome = await change_instances(store, (FIRST,), REVOKE)
        assert isinstance(outcome, InstancesChanged)
        assert outcome.changed == ()
        assert [(one.client_id, one.status, one.status_by) for one in outcome.unchanged] == [
            (FIRST, REVOKED, "another")
        ]

    database.run(scenario)


def test_two_administrators_at_once_leave_every_instance_revoked(database: Database) -> None:
    async def scenario(store: Store) -> None:
        await seeded(store, 10)
        everything = tuple(one.client_id for one in await instances_of(store, "anna"))
        outcomes = await asyncio.gather(
            change_instances(store, everything, SUSPEND), change_instances(store, everything, REVOKE)
        )
        assert isinstance(outcomes[1], InstancesChanged)
        assert {one.status for one in await instances_of(store, "anna")} == {REVOKED}

    database.run(scenario)


@pytest.mark.slow
def test_all_instances_of_a_person_are_found_also_beyond_one_page(database: Database) -> None:
    async def scenario(store: Store) -> None:
        assert await store.add_account(an_account("anna"), password_hash="none")
        await asyncio.gather(*(store.add_instance(an_instance(f"i-{number:04}")) for number in range(1001)))
        found = [one.client_id for one in await instances_of(store, "anna")]
        assert found == [f"i-{number:04}" for number in range(1001)]

    database.run(scenario)
