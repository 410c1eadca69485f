"""Troubles that have nothing to do with what is written: the thread outlives them."""

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.storage.checkpoint import Checkpointer
from keyfob_server.storage.connection import MOST_ROWS, fetch
from keyfob_server.storage.executor import Step
from keyfob_server.storage.rows import of_grant
from keyfob_server.storage.sqlite import open_sqlite
from keyfob_server.storage.statements import ADD_GRANT
from support_engines import Database
from support_sqlite_faults import executor_of, write_lock, writing_connection
from support_stored_records import a_grant

NUMBERS = "with recursive n (i) as (select 1 union all select i + 1 from n where i < $1) select i from n"


def test_a_lost_connection_refuses_every_write_in_an_error_of_its_own(database: Database) -> None:
    async def scenario(store: Store) -> None:
        writing_connection(store).close()
        writes = [store.add_grant(a_grant(f"g{number}")) for number in range(3)]
        refused = await asyncio.gather(*writes, return_exceptions=True)
        assert [type(outcome) for outcome in refused] == [StorageUnavailable] * 3
        assert executor_of(store)._writer.serving

    database.run(scenario)


def test_a_checkpoint_that_fails_is_a_line_in_the_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    connection = sqlite3.connect(path)
    connection.close()
    with caplog.at_level(logging.WARNING):
        Checkpointer(connection).checkpoint()
    assert "checkpoint failed" in caplog.text


def test_an_answer_to_an_event_loop_that_has_ended_disturbs_nobody(path: Path) -> None:
    async def begin() -> Store:
        store = await open_sqlite(path)
        executor_of(store)._writer.submit((Step(ADD_GRANT, of_grant(a_grant())),))
        return store

    async def end(store: Store) -> bool:
        try:
            return await store.add_grant(a_grant())
        finally:
            await store.close()

    with write_lock(path):
        store = asyncio.run(begin())
    assert asyncio.run(end(store)) is False


@pytest.mark.parametrize(("count", "whole"), [(MOST_ROWS, True), (MOST_ROWS + 1, False)])
def test_a_text_without_a_limit_is_refused_before_it_fills_the_memory(count: int, *, whole: bool) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        if whole:
            assert len(fetch(connection, NUMBERS, (count,))) == count
        else:
            with pytest.raises(AssertionError, match="without a limit"):
                fetch(connection, NUMBERS, (count,))
        # no cursor stayed open: a function can be replaced
        connection.create_function("probe", 0, lambda: 0)
        connection.create_function("probe", 0, lambda: 0)
