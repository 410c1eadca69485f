"""A node's connections to PostgreSQL: few, kept, and left at once when they are of a server that no longer leads."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from keyfob_server.ports.storage import StorageUnavailable

WAITING: Final = 4096
"""Operations that may wait for a connection; beyond them, refused."""


@dataclass(slots=True, eq=False)
class Pooled:
    """A connection, with the texts that it has prepared."""

    connection: asyncpg.Connection
    since: int
    prepared: dict[str, PreparedStatement] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    async def statement(self, text: str) -> PreparedStatement:
        found = self.prepared.get(text)
        if found is None:
            # without a name the driver has it parsed and planned anew each time
            name = f"keyfob_{next(self._numbers)}"
            found = self.prepared[text] = await self.connection.prepare(text, name=name)
        return found


class Pool:
    """At most `size` connections, the one that was used last first, so that a quiet node needs few."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], size: int) -> None:
        self._connect = connect
        self._idle: list[Pooled] = []
        self._places = asyncio.Semaphore(size)
        self._waiting = 0
        self._flushes = 0
        self._closed = False

    async def take(self) -> Pooled:
        """Raises StorageUnavailable when too many wait or after the end, and what connecting raises."""
        if self._waiting >= WAITING:
            raise StorageUnavailable("too many operations wait for a connection")
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            return await self._pick()
        except BaseException:
            self._places.release()
            raise

    async def _pick(self) -> Pooled:
        if self._closed:
            raise StorageUnavailable("the database is closed")
        while self._idle:
            pooled = self._idle.pop()
            if not pooled.connection.is_closed():
                return pooled
        since = self._flushes
        return Pooled(await self._connect(), since)

    def give_back(self, pooled: Pooled) -> None:
        """For the next; one of before a flush is closed instead."""
        if pooled.since != self._flushes or self._closed or pooled.connection.is_closed():
            pooled.connection.terminate()
        else:
            self._idle.append(pooled)
        self._places.release()

    def drop(self, pooled: Pooled) -> None:
        """Close its socket at once: nobody knows what it is in the middle of."""
        pooled.connection.terminate()
        self._places.release()

    def flush(self) -> None:
        """Leave all connections: those in use when they come back."""
        self._flushes += 1
        idle, self._idle = self._idle, []
        for pooled in idle:
            pooled.connection.terminate()

    def close(self) -> None:
        self._closed = True
        self.flush()
