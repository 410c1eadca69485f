"""SQLite: reads on the event loop's thread, writes in groups on a thread of their own."""

import logging
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.storage.checkpoint import Checkpointer
from keyfob_server.storage.connection import check_usable, connect_reader, connect_writer, sqlite_warning
from keyfob_server.storage.executor import Row, SqlValue, Step
from keyfob_server.storage.lock_holders import lock_holders
from keyfob_server.storage.reader import read
from keyfob_server.storage.store import SqlStore
from keyfob_server.storage.writer import Writer

__all__ = ["open_sqlite", "sqlite_warning"]

SOUND_S: Final = 0.01
"""How long a file that was found in its place is read without another look at it; writes look at it each time."""

_log = logging.getLogger(__name__)


class SqliteExecutor:
    """storage.executor.Executor. Belongs to the thread that made it."""

    def __init__(self, path: Path, clock: Callable[[], int] | None) -> None:
        """Raises sqlite3.Error."""
        self._path = path
        self._file = _identity(path)
        self._sound_until = 0.0
        with ExitStack() as opened:
            self._reader = opened.enter_context(closing(connect_reader(path, clock)))
            connection = opened.enter_context(closing(connect_writer(path, clock)))
            checkpointer = Checkpointer(connection)
            self._writer = Writer(
                connection, after_group=checkpointer.after_group, on_busy=self._on_busy, fault=self._fault
            )
            self._writer.start()
            opened.pop_all()

    @property
    def reads_at_once(self) -> bool:
        return True

    async def read(self, text: str, parameters: tuple[SqlValue, ...]) -> list[Row]:
        if not self._writer.serving:
            raise StorageUnavailable("the database is closed")
        now = time.monotonic()
        if now > self._sound_until:
            if fault := self._fault():
                raise StorageUnavailable(fault)
            self._sound_until = now + SOUND_S
        return await read(self._reader, text, parameters)

    async def write(self, *steps: Step, exclusive: str = "") -> list[Row]:  # noqa: ARG002 - there is one writer
        return await self._writer.submit(steps)

    async def close(self) -> None:
        # the reader first: the last connection to close puts the log back into the file, and must be able to write
        self._reader.close()
        await self._writer.close()

    def _fault(self) -> str:
        """SQLite goes on with a file that was moved away or removed: what is written there is lost without a word."""
        if _identity(self._path) == self._file:
            return ""
        return "the database file was removed or replaced; put it back, or start the server again"

    def _on_busy(self) -> None:
        _log.error("the database %s is locked by %s", self._path, lock_holders(self._path))


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and number of the file; None when it is not there."""
    try:
        found = os.stat(path)  # noqa: PTH116 - twice as fast as Path's, and on the way of every statement
    except OSError:
        return None
    return found.st_dev, found.st_ino


async def open_sqlite(path: Path, *, clock: Callable[[], int] | None = None) -> Store:
    """Open a database of the newest schema; raises StorageUnavailable with one line that says what to do.

    `clock` gives the database's time in epoch seconds; without it, it is this machine's.
    """
    check_usable(path)
    try:
        return SqlStore(SqliteExecutor(path, clock))
    except sqlite3.Error as error:
        raise StorageUnavailable(f"cannot use the database {path}: {error}") from error
