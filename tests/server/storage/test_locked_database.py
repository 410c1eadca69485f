"""Another program holds the lock."""

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.storage.lock_holders import lock_holders
from keyfob_server.storage.reader import read
from support_engines import Database
from support_sqlite_faults import sqlite_shell
from support_stored_records import a_grant

LOCKS_ARE_LISTED = Path("/proc/locks").exists()


@pytest.mark.slow
def test_a_lock_held_by_another_program_is_named_in_the_log_refused_and_over_when_it_is_released(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(store: Store) -> None:
        with sqlite_shell(path) as shell:
            assert shell.say("begin immediate;") == []
            refused = await asyncio.gather(
                *(store.add_grant(a_grant(f"g{number}")) for number in range(3)), return_exceptions=True
            )
            assert [type(outcome) for outcome in refused] == [StorageUnavailable] * 3
            assert (await store.load(grant=a_grant("g0").key)).grant is None
            holder = f"pid {shell.pid} (sqlite3)" if LOCKS_ARE_LISTED else "unknown"
            assert f"is locked by {holder}" in caplog.text
            assert shell.say("rollback;") == []
            assert await store.add_grant(a_grant("g0"))

    with caplog.at_level(logging.ERROR):
        database.run(scenario)


@pytest.mark.slow
def test_a_lock_that_is_released_in_time_delays_and_refuses_nobody(database: Database, path: Path) -> None:
    async def scenario(store: Store) -> None:
        with sqlite_shell(path) as shell:
            assert shell.say("begin immediate;") == []
            write = asyncio.create_task(store.add_grant(a_grant()))
            await asyncio.sleep(0.1)
            assert not write.done()
            assert shell.say("commit;") == []
            assert await write

    database.run(scenario)


def test_a_program_that_holds_no_lock_is_not_blamed(path: Path) -> None:
    with sqlite_shell(path) as shell:
        assert shell.say("select count(*) from accounts;") == ["0"]
        assert lock_holders(path) == "unknown"


def test_a_file_that_is_gone_has_no_known_holders(tmp_path: Path) -> None:
    assert lock_holders(tmp_path / "missing") == "unknown"


# A reader of a database in WAL mode waits for nobody but a recovery; the rollback journal of these two tests makes it
# meet a lock when the test wants it to.


def _locked_out(folder: Path) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    holder = sqlite3.connect(folder / "journal.db", isolation_level=None)
    holder.execute("create table t (x)")
    holder.execute("begin exclusive")
    return holder, sqlite3.connect(folder / "journal.db", isolation_level=None, timeout=0)


def test_a_reader_waits_for_a_lock_without_stopping_the_loop(tmp_path: Path) -> None:
    holder, reader = _locked_out(tmp_path)

    async def scenario() -> int:
        turns = 0
        reading = asyncio.create_task(read(reader, "select 1 from t union all select 2", ()))
        while not reading.done():
            await asyncio.sleep(0.001)
            turns += 1
            if turns == 20:
                holder.execute("rollback")
        assert await reading == [(2,)]
        return turns

    with closing(holder), closing(reader):
        assert asyncio.run(scenario()) >= 20


@pytest.mark.slow
def test_a_reader_that_is_locked_out_too_long_gives_up(tmp_path: Path) -> None:
    holder, reader = _locked_out(tmp_path)
    with closing(holder), closing(reader), pytest.raises(StorageUnavailable, match="locked"):
        asyncio.run(read(reader, "select x from t", ()))
