"""A SQLite database by its URL."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, closing
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

    async def used_bytes(self) -> int:
        """Without the pages that the next rows will take, and without the log beside the file."""
        return await asyncio.to_thread(self._used)

    async def free_bytes(self) -> int | None:
        try:
            return (await asyncio.to_thread(shutil.disk_usage, self._path.resolve().parent)).free
        except OSError as error:
            raise StorageUnavailable(f"cannot look at the disk of {self._path}: {error}") from error

    async def migrate_if_needed(self) -> None:
        migrate_if_needed(self._path, self._url)

    async def open(self, *, clock: Callable[[], int] | None = None) -> Store:
        return await open_sqlite(self._path, clock=clock)

    def view(self) -> AbstractAsyncContextManager[View]:
        return sqlite_view(self._path)

    def filling(self) -> AbstractAsyncContextManager[Filling]:
        return sqlite_filling(self._path)

    def _used(self) -> int:
        try:
            with closing(sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
                pages, unused, size = (
                    int(connection.execute(text).fetchone()[0])
                    for text in ("pragma page_count", "pragma freelist_count", "pragma page_size")
                )
        except sqlite3.Error as error:
            raise StorageUnavailable(f"cannot look at the size of {self._path}: {error}") from error
        return (pages - unused) * size
