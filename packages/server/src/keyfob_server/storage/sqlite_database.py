"""A SQLite database by its URL."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path

from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.storage.connection import sqlite_warning
from keyfob_server.storage.copying import Filling, View
from keyfob_server.storage.migrate import current, migrate_if_needed
from keyfob_server.storage.sole_server import sole_server
from keyfob_server.storage.sqlite import open_sqlite
from keyfob_server.storage.sqlite_copy import sqlite_filling, sqlite_view


class SqliteDatabase:
    """storage.databases.Database."""

    def __init__(self, url: str, path: Path) -> None:
        self._url = url
        self._path = path

    @property
    def name(self) -> str:
        return str(self._path)

    @property
    def warning(self) -> str | None:
        return sqlite_warning()

    @property
    def settling_s(self) -> int:
        return 0

    @property
    def one_process(self) -> str:
        return "SQLite serves one process: several need PostgreSQL (database_url)"

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(self._path.with_name(self._path.name + suffix) for suffix in ("", "-wal", "-shm", "-journal"))

    def sole_server(self) -> AbstractContextManager[None]:
        return sole_server(self._path)

    def without_servers(self) -> AbstractContextManager[None]:
        return sole_server(self._path)

    async def exists(self) -> bool:
        return self._path.exists()

    async def schema(self) -> str | None:
        try:
            return current(self._path)
        except (sqlite3.Error, OSError) as error:
            raise StorageUnavailable(f"cannot use the database {self._path}: {error}") from error

    async def migrate_if_needed(self) -> None:
        migrate_if_needed(self._path, self._url)

    async def open(self, *, clock: Callable[[], int] | None = None) -> Store:
        return await open_sqlite(self._path, clock=clock)

    def view(self) -> AbstractAsyncContextManager[View]:
        return sqlite_view(self._path)

    def filling(self) -> AbstractAsyncContextManager[Filling]:
        return sqlite_filling(self._path)
