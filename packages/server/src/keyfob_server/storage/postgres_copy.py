"""A PostgreSQL database as the source and as the target of a copy."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import asyncpg

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.copying import Filling, View
from keyfob_server.storage.executor import Row, SqlValue
from keyfob_server.storage.postgres_errors import CONNECTING_FAILED, text_of

DEADLINE_S: Final = 120.0
"""For one page, or the commit: a server that stands still ends nothing by itself."""

# the number is the word `keycop`
_LOCK: Final = "select pg_try_advisory_xact_lock(118083572428656)"
# a node's limits are for requests; here the other database may need its time
_PATIENCE: Final = (
    "set statement_timeout = 0",
    "set idle_in_transaction_session_timeout = 0",
)

T = TypeVar("T")


class _Side:
    """storage.copying.Filling, on a connection in a transaction."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def rows(self, text: str, parameters: tuple[SqlValue, ...]) -> list[Row]:
        return [tuple(record) for record in await _soon(self._connection.fetch(text, *parameters))]

    async def add(self, text: str, rows: Sequence[Row]) -> None:
        await _soon(self._connection.executemany(text, rows))


@asynccontextmanager
async def postgres_view(connect: Callable[[], Awaitable[asyncpg.Connection]]) -> AsyncIterator[View]:
    """One moment of the database, which is only read. Raises StorageUnavailable."""
    async with _connected(connect) as connection:
        await _soon(connection.execute("begin isolation level repeatable read read only"))
        yield _Side(connection)


@asynccontextmanager
async def postgres_filling(connect: Callable[[], Awaitable[asyncpg.Connection]]) -> AsyncIterator[Filling]:
    """A transaction; of two copies at once the second is refused. Raises StorageUnavailable."""
    async with _connected(connect) as connection:
        await _soon(connection.execute("begin"))
        if not await _soon(connection.fetchval(_LOCK)):
            raise StorageUnavailable("another copy into this database is under way")
        yield _Side(connection)
        await _soon(connection.execute("commit"))
        # the plans of the first statements must not be those for empty tables
        await _soon(connection.execute("analyze"))


@asynccontextmanager
async def _connected(connect: Callable[[], Awaitable[asyncpg.Connection]]) -> AsyncIterator[asyncpg.Connection]:
    connection = await _soon(connect())
    try:
        for text in _PATIENCE:
            await _soon(connection.execute(text))
        yield connection
    finally:
        # whatever is not committed is taken back
        connection.terminate()


async def _soon(work: Awaitable[T]) -> T:
    """Raises StorageUnavailable, without any value of a row."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            return await work
    except TimeoutError:
        raise StorageUnavailable("the database did not answer in time") from None
    except (*CONNECTING_FAILED, ValueError) as error:
        raise StorageUnavailable(f"cannot use the database: {text_of(error)}") from None
