"""A SQLite file as the source and as the target of a copy."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.connection import connect_reader, connect_writer, fetch, fill
from keyfob_server.storage.copying import Filling, View
from keyfob_server.storage.executor import Row, SqlValue

# a reader of a server never waits inside SQLite; nobody else waits here
_WAIT: Final = "pragma busy_timeout = 2000"


class _Side:
    """storage.copying.Filling, on a connection in a transaction."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        # what is no UTF-8 is found out by whoever looks at the row; the error of the library would repeat its text
        connection.text_factory = _text
        self._connection = connection
        self._path = path

    async def rows(self, text: str, parameters: tuple[SqlValue, ...]) -> list[Row]:
        try:
            return fetch(self._connection, text, parameters)
        except sqlite3.Error as error:
            raise _unavailable(self._path, error) from error

    async def add(self, text: str, rows: Sequence[Row]) -> None:
        try:
            fill(self._connection, text, rows)
        except sqlite3.Error as error:
            raise _unavailable(self._path, error) from error


@asynccontextmanager
async def sqlite_view(path: Path) -> AsyncIterator[View]:
    """One moment of the file, which is only read. Raises StorageUnavailable."""
    try:
        connection = connect_reader(path, None)
    except sqlite3.Error as error:
        raise _unavailable(path, error) from error
    with closing(connection):
        connection.execute(_WAIT)
        connection.execute("begin")
        yield _Side(connection, path)


@asynccontextmanager
async def sqlite_filling(path: Path) -> AsyncIterator[Filling]:
    """A transaction that lets nobody else write. Raises StorageUnavailable."""
    try:
        connection = connect_writer(path, None)
    except sqlite3.Error as error:
        raise _unavailable(path, error) from error
    # whatever is not committed when the connection closes is taken back
    with closing(connection):
        try:
            connection.execute("begin immediate")
        except sqlite3.Error as error:
            raise _unavailable(path, error) from error
        yield _Side(connection, path)
        try:
            connection.execute("commit")
        except sqlite3.Error as error:
            raise _unavailable(path, error) from error


def _text(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")


def _unavailable(path: Path, error: sqlite3.Error) -> StorageUnavailable:
    return StorageUnavailable(f"cannot use the database {path}: {error}")
