"""storage.postgres: whose deadline says that the server stands still, and whose says only that many wait."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.postgres import PostgresExecutor
from keyfob_server.storage.postgres_pool import Pool
from support_engines import Postgresql

pytestmark = pytest.mark.slow

PID = "select pg_backend_pid()"
SLEEP = "select pg_sleep(30)"


async def pid(executor: PostgresExecutor) -> object:
    return (await executor.read(PID, ()))[0][0]


def play(
    tmp_path: Path,
    scenario: Callable[[PostgresExecutor, Pool], Awaitable[None]],
    *,
    connections: int,
    deadline_s: float,
) -> None:
    url = Postgresql().create(tmp_path)

    async def run() -> None:
        pool = Pool(lambda: asyncpg.connect(url, statement_cache_size=0), connections)
        executor = PostgresExecutor(pool, deadline_s=deadline_s)
        try:
            await scenario(executor, pool)
        finally:
            await executor.close()

    asyncio.run(run())


def test_who_waited_in_vain_for_a_connection_leaves_the_others_theirs(tmp_path: Path) -> None:
    async def scenario(executor: PostgresExecutor, pool: Pool) -> None:
        first = await pid(executor)
        busy = await pool.take()
        with pytest.raises(StorageUnavailable, match="did not answer in time"):
            await executor.read(PID, ())
        pool.give_back(busy)
        assert await pid(executor) == first

    play(tmp_path, scenario, connections=1, deadline_s=0.3)


def test_when_a_connection_did_not_answer_all_are_left(tmp_path: Path) -> None:
    async def scenario(executor: PostgresExecutor, pool: Pool) -> None:
        other = await pool.take()
        asked = asyncio.create_task(executor.read(SLEEP, ()))
        left = await other.connection.fetchval(PID)
        pool.give_back(other)
        with pytest.raises(StorageUnavailable, match="did not answer in time"):
            await asked
        assert await pid(executor) != left

    play(tmp_path, scenario, connections=2, deadline_s=1)


def test_who_left_before_the_answer_came_leaves_the_others_theirs(tmp_path: Path) -> None:
    async def scenario(executor: PostgresExecutor, pool: Pool) -> None:
        other = await pool.take()
        asked = asyncio.create_task(executor.read(SLEEP, ()))
        kept = await other.connection.fetchval(PID)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        pool.give_back(other)
        assert await pid(executor) == kept

    play(tmp_path, scenario, connections=2, deadline_s=5)
