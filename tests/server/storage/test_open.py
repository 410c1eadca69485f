"""What the server says of a file that it cannot use."""

import asyncio
import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.storage.migrate import head
from keyfob_server.storage.sqlite import open_sqlite, sqlite_warning
from support_engines import Database
from support_sqlite_faults import executor_of
from support_stored_records import a_grant


def _at(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as editor:
        editor.execute("update alembic_version set version_num = ?", (revision,))
        editor.commit()


def _refusal(path: Path) -> str:
    with pytest.raises(StorageUnavailable) as refusal:
        asyncio.run(open_sqlite(path))
    assert "\n" not in str(refusal.value)
    assert str(path) in str(refusal.value)
    return str(refusal.value)


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "keyfob.db"
    assert "run `keyfob migrate`" in _refusal(path)
    assert not path.exists()


def test_a_file_without_a_schema_wants_a_migration(tmp_path: Path) -> None:
    path = tmp_path / "keyfob.db"
    path.touch()
    assert "run `keyfob migrate`" in _refusal(path)


def test_an_older_schema_wants_a_migration(path: Path) -> None:
    _at(path, "0000")
    assert f"is 0000, and {head()} is needed: run `keyfob migrate`" in _refusal(path)


def test_a_newer_schema_wants_a_newer_release(path: Path) -> None:
    _at(path, "9999")
    assert "newer than this release" in _refusal(path)


@pytest.mark.parametrize("content", [b"no database " * 500, b"SQLite format 3\0" + bytes(5000)])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keyfob.db"
    path.write_bytes(content)
    assert "cannot use the database" in _refusal(path)
    assert path.read_bytes() == content


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "cannot use the database" in _refusal(tmp_path)


def test_a_path_may_hold_what_means_something_in_a_url(path: Path) -> None:
    odd = path.rename(path.parent / "100% my #1 keys?.db")

    async def scenario() -> None:
        store = await open_sqlite(odd)
        assert await store.add_grant(a_grant())
        await store.close()

    asyncio.run(scenario())
    assert [found.name for found in path.parent.iterdir()] == [odd.name]


def test_closing_twice_is_no_error_and_leaves_one_file(database: Database, path: Path) -> None:
    async def scenario(store: Store) -> None:
        await store.add_grant(a_grant())
        await store.close()

    database.run(scenario)
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_the_database_tells_this_machines_time_unless_it_is_given_another(database: Database) -> None:
    async def now(store: Store) -> int:
        return (await store.load()).now

    with closing(sqlite3.connect(":memory:")) as other:
        ((expected,),) = other.execute("select cast(strftime('%s', 'now') as integer)").fetchall()
    assert abs(database.run(now) - expected) < 60
    assert database.run(now, lambda: 123) == 123


def test_every_commit_is_synced_and_no_foreign_keys_are_used(database: Database) -> None:
    full = 2

    async def scenario(store: Store) -> None:
        writing = executor_of(store)._writer._connection
        assert writing.execute("pragma synchronous").fetchall() == [(full,)]
        assert writing.execute("pragma journal_mode").fetchall() == [("wal",)]
        assert writing.execute("pragma busy_timeout").fetchall() == [(2000,)]
        assert writing.isolation_level is None
        assert executor_of(store)._reader.execute("pragma busy_timeout").fetchall() == [(0,)]
        tables = [name for (name,) in writing.execute("select name from sqlite_master where type = 'table'").fetchall()]
        assert not [name for name in tables if writing.execute(f"pragma foreign_key_list({name})").fetchall()]

    database.run(scenario)


@pytest.mark.parametrize(
    ("version", "warned"), [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False), ((4, 0, 0), False)]
)
def test_an_sqlite_with_the_checkpoint_race_is_worth_a_line(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], *, warned: bool
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    assert bool(sqlite_warning()) is warned


def test_a_store_is_used_by_the_thread_that_opened_it(database: Database) -> None:
    def elsewhere(store: Store, outcomes: list[object]) -> None:
        try:
            outcomes.append(asyncio.run(store.load()))
        except StorageUnavailable as error:
            outcomes.append(error)

    async def scenario(store: Store) -> None:
        outcomes: list[object] = []
        thread = threading.Thread(target=elsewhere, args=(store, outcomes))
        thread.start()
        thread.join()
        assert isinstance(outcomes[0], StorageUnavailable)

    database.run(scenario)


def test_nothing_that_is_stored_is_logged(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(store: Store) -> None:
        writing = executor_of(store)._writer._connection
        writing.execute("create trigger t before insert on settings begin select raise(rollback, 'broken'); end")
        with pytest.raises((StorageUnavailable, sqlite3.IntegrityError)):
            await store.add_setting("planted-name", "planted-value")
        writing.execute("drop table clients")
        with pytest.raises(StorageUnavailable):
            await store.load(client_id=a_grant("planted-grant").key.client_id)

    with caplog.at_level(logging.DEBUG):
        database.run(scenario)
    assert "no such table" in caplog.text
    assert "planted" not in caplog.text
