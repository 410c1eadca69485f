"""The writer's groups: one commit for many, and no member that spoils it for the others."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest

from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.rules.records import GrantKey
from keyfob_server.storage import writer
from support_engines import Database
from support_sqlite_faults import executor_of, write_lock, writing_connection
from support_stored_records import a_grant, an_account


async def _as_one_group(path: Path, writes: Sequence[Coroutine[Any, Any, object]]) -> list[object]:
    """Submit them while the lock is held, so that they meet in one group; what each of them came to."""
    with write_lock(path):
        tasks = [asyncio.create_task(write) for write in writes]
        await asyncio.sleep(0)
    return await asyncio.gather(*tasks, return_exceptions=True)


def _texts(store: Store) -> list[str]:
    """What the writing connection runs from now on."""
    ran: list[str] = []
    writing_connection(store).set_trace_callback(lambda text: ran.append(text.strip()))
    return ran


def test_many_writes_share_one_commit(database: Database, path: Path) -> None:
    async def scenario(store: Store) -> list[str]:
        ran = _texts(store)
        outcomes = await _as_one_group(path, [store.add_grant(a_grant(f"g{number}")) for number in range(100)])
        assert outcomes == [True] * 100
        return ran

    ran = database.run(scenario)
    assert [ran.count(text) for text in ("begin immediate", "commit")] == [1, 1]


def test_a_group_has_a_largest_size(database: Database, path: Path) -> None:
    async def scenario(store: Store) -> list[str]:
        ran = _texts(store)
        count = 2 * writer.GROUP + 1
        assert await _as_one_group(path, [store.add_grant(a_grant(f"g{n}")) for n in range(count)]) == [True] * count
        return ran

    assert database.run(scenario).count("commit") == 3


def test_a_member_that_fails_takes_only_itself_back(database: Database, path: Path) -> None:
    async def scenario(store: Store) -> list[object]:
        broken = a_grant(client_id="no text \ud800")
        huge = store.touch_session(None, seen_at=2**70)  # type: ignore[arg-type] # beyond what SQLite can hold
        null = store.add_setting("name", None)  # type: ignore[arg-type] # a constraint refuses it
        writes = [store.add_grant(a_grant("g1")), store.add_grant(broken), huge, null, store.add_grant(a_grant("g2"))]
        outcomes = await _as_one_group(path, writes)
        for grant_id in ("g1", "g2"):
            key = GrantKey(ClientId("instance-1"), GrantId(grant_id))
            assert (await store.load(grant=key)).grant == a_grant(grant_id)
        return outcomes

    first, text, number, null, last = database.run(scenario)
    assert (first, last) == (True, True)
    assert isinstance(text, UnicodeEncodeError)
    assert isinstance(number, OverflowError)
    assert isinstance(null, sqlite3.IntegrityError)


def test_an_operation_of_two_steps_is_whole_or_nothing(database: Database, path: Path) -> None:
    async def scenario(store: Store) -> None:
        writing_connection(store).execute(
            "create trigger t before insert on credentials begin select raise(abort, 'no'); end"
        )
        outcomes = await _as_one_group(
            path, [store.add_account(an_account(), password_hash="hash"), store.add_grant(a_grant())]
        )
        assert isinstance(outcomes[0], sqlite3.IntegrityError)
        assert outcomes[1] is True
        assert await store.list_accounts() == []

    database.run(scenario)


def test_when_an_error_takes_the_whole_transaction_the_others_are_written_one_by_one(
    database: Database, path: Path
) -> None:
    async def scenario(store: Store) -> list[object]:
        writing_connection(store).execute(
            "create trigger t before insert on settings begin select raise(rollback, 'all of it'); end"
        )
        writes = [store.add_grant(a_grant("g1")), store.add_setting("a", "b"), store.add_grant(a_grant("g2"))]
        ran = _texts(store)
        outcomes = await _as_one_group(path, writes)
        assert ran.count("begin immediate") == 4
        for grant_id in ("g1", "g2"):
            key = GrantKey(ClientId("instance-1"), GrantId(grant_id))
            assert (await store.load(grant=key)).grant == a_grant(grant_id)
        return outcomes

    first, spoiler, last = database.run(scenario)
    assert (first, last) == (True, True)
    assert isinstance(spoiler, Exception)


def test_when_the_commit_fails_everybody_is_told_so_and_nothing_is_there(database: Database, path: Path) -> None:
    async def scenario(store: Store) -> None:
        connection = writing_connection(store)
        # a deferred constraint is checked by COMMIT alone
        connection.execute("create table child (id text references accounts (id) deferrable initially deferred)")
        connection.execute("create trigger t after insert on settings begin insert into child values ('nobody'); end")
        connection.execute("pragma foreign_keys = on")
        outcomes = await _as_one_group(
            path, [store.add_grant(a_grant()), store.add_setting("a", "b"), store.add_grant(a_grant("g2"))]
        )
        assert [type(outcome) for outcome in outcomes] == [StorageUnavailable] * 3
        assert len({id(outcome) for outcome in outcomes}) == 3
        assert (await store.load(grant=a_grant().key)).grant is None
        connection.execute("drop trigger t")
        assert await store.add_grant(a_grant())

    database.run(scenario)


def test_nobody_is_answered_before_the_commit_returned(database: Database, path: Path) -> None:
    async def scenario(store: Store) -> list[tuple[str, int]]:
        answered: list[bool] = []
        seen: list[tuple[str, int]] = []

        async def write(number: int) -> None:
            answered.append(await store.add_grant(a_grant(f"g{number % 5}")))

        def trace(text: str) -> None:
            seen.append((text.split(maxsplit=1)[0], len(answered)))

        writing_connection(store).set_trace_callback(trace)
        await _as_one_group(path, [write(number) for number in range(10)])
        assert sorted(answered) == [False] * 5 + [True] * 5
        return seen

    seen = database.run(scenario)
    assert ("commit", 0) in seen
    assert all(answered == 0 for _, answered in seen)


def test_a_write_whose_caller_went_away_is_made_all_the_same(database: Database, path: Path) -> None:
    async def scenario(store: Store) -> None:
        with write_lock(path):
            task = asyncio.create_task(store.add_grant(a_grant()))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        assert not await store.add_grant(a_grant())

    database.run(scenario)


def test_too_many_waiting_writes_are_refused_at_once(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "WAITING", 10)

    async def scenario(store: Store) -> list[object]:
        return await _as_one_group(path, [store.add_grant(a_grant(f"g{number}")) for number in range(50)])

    outcomes = database.run(scenario)
    refused = [outcome for outcome in outcomes if isinstance(outcome, StorageUnavailable)]
    assert all(outcome.reason == "too many writes wait" for outcome in refused)
    # the writer may have taken the first one already
    assert len(refused) in {39, 40}


def test_closing_finishes_what_was_submitted_and_then_refuses(database: Database, path: Path) -> None:
    async def scenario(store: Store) -> None:
        with write_lock(path):
            writes = [asyncio.create_task(store.add_grant(a_grant(f"g{number}"))) for number in range(300)]
            closing = asyncio.create_task(store.close())
            await asyncio.sleep(0)
        await closing
        assert await asyncio.gather(*writes) == [True] * 300
        calls: list[Callable[[], Awaitable[object]]] = [store.ping, store.load, lambda: store.add_grant(a_grant())]
        for call in calls:
            with pytest.raises(StorageUnavailable, match="closed"):
                await call()
        assert not executor_of(store)._writer._thread.is_alive()

    database.run(scenario)
