"""The write-ahead log goes back into the file, and no reader of ours is in its way."""

import asyncio
import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from keyfob_server.ports.storage import Store
from keyfob_server.storage import checkpoint
from support_engines import Database
from support_sqlite_faults import executor_of, reading_connection, writing_connection
from support_stored_records import a_grant, a_signing_key, a_static_client, an_account, an_instance

MIB = 2**20


def _log_size(path: Path) -> int:
    return Path(f"{path}-wal").stat().st_size


async def _write(store: Store, first: int, count: int) -> None:
    await asyncio.gather(*(store.add_grant(a_grant(f"g{number}")) for number in range(first, first + count)))


@pytest.mark.slow
def test_the_log_stays_small_while_reads_and_writes_go_on(database: Database, path: Path) -> None:
    async def scenario(store: Store) -> list[int]:
        sizes = []
        for start in range(0, 12_000, 100):
            await _write(store, start, 100)
            await store.load(grant=a_grant(f"g{start}").key)
            await store.list_instances()
            sizes.append(_log_size(path))
        return sizes

    sizes = database.run(scenario)
    # without checkpoints it would be four times the first quarter's; how much comes between two of them depends on load
    assert max(sizes) < 3 * max(sizes[: len(sizes) // 4]), "it grows with the number of writes"
    assert max(sizes) < 8 * MIB


def test_after_an_idle_second_the_file_alone_holds_everything(database: Database, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"

    async def scenario(store: Store) -> None:
        await store.add_grant(a_grant())
        for _ in range(200):
            shutil.copy(path, copy)
            with closing(sqlite3.connect(copy)) as connection:
                if connection.execute("select id from delegations").fetchall() == [("grant-1",)]:
                    return
            await asyncio.sleep(0.05)
        pytest.fail("no checkpoint in ten seconds")

    database.run(scenario)


def test_a_program_that_keeps_an_old_view_open_is_reported_once_and_the_log_recovers(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checkpoint, "OPERATIONS", 100)
    monkeypatch.setattr(checkpoint, "_MANY_PAGES", 50)

    async def scenario(store: Store) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("begin")
            other.execute("select count(*) from delegations").fetchall()
            await _write(store, 0, 1000)
            # the order behind the last group: its checkpoint is over when this returned
            await store.add_setting("a", "b")
            assert caplog.text.count("write-ahead log grows") == 1
            other.execute("rollback")
        await _write(store, 1000, 200)
        await store.add_setting("c", "d")
        connection = writing_connection(store)
        ((_, pages, copied),) = connection.execute("pragma wal_checkpoint(passive)").fetchall()
        assert pages == copied

    with caplog.at_level(logging.WARNING):
        database.run(scenario)


def _cursor_is_open(connection: sqlite3.Connection) -> bool:
    """SQLite refuses to replace a function while a statement of the connection is unfinished."""
    try:
        connection.create_function("probe", 0, lambda: 0)
        connection.create_function("probe", 0, lambda: 0)
    except sqlite3.OperationalError:
        return True
    return False


def test_no_read_and_no_write_leaves_a_cursor_open(database: Database) -> None:
    async def scenario(store: Store) -> None:
        await store.add_account(an_account(), password_hash="hash")
        await store.add_account(an_account(), password_hash="hash")
        await store.put_static_client(a_static_client(), now=1)
        await store.add_first_signing_key(a_signing_key())
        await store.add_instance(an_instance())
        await store.add_instance(an_instance("instance-2"))
        await store.add_grant(a_grant())
        await store.load(grant=a_grant().key)
        await store.list_accounts(limit=1)
        await store.list_instances(limit=1)
        await store.list_signing_keys()
        await store.find_sign_in("anna")
        await store.ping()
        connections = [reading_connection(store), writing_connection(store)]
        assert [_cursor_is_open(connection) for connection in connections] == [False, False]

        # the probe itself is no empty gesture
        cursor = connections[0].execute("select client_id from dynamically_registered_clients")
        cursor.fetchone()
        assert _cursor_is_open(connections[0])
        cursor.close()

    database.run(scenario)


def test_only_the_writer_checkpoints(database: Database) -> None:
    async def scenario(store: Store) -> None:
        executor = executor_of(store)
        for connection in (executor._reader, executor._writer._connection):
            assert connection.execute("pragma wal_autocheckpoint").fetchall() == [(0,)]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            executor._reader.execute("create table t (x)")

    database.run(scenario)
