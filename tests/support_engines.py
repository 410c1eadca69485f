"""The storage engines that the contract suite runs on."""

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol, TypeVar

from keyfob_server.ports.storage import Store
from keyfob_server.storage.migrate import migrate, sqlite_path
from keyfob_server.storage.sqlite import open_sqlite

Clock = Callable[[], int]
T = TypeVar("T")


class Engine(Protocol):
    name: str

    def create(self, folder: Path) -> str:
        """A new, empty, migrated database; its URL."""
        ...

    async def open(self, url: str, clock: Clock | None = None) -> Store: ...


class Sqlite:
    name = "sqlite"

    def create(self, folder: Path) -> str:
        path = folder / "keyfob.db"
        shutil.copy(_migrated(), path)
        return f"sqlite:///{path}"

    async def open(self, url: str, clock: Clock | None = None) -> Store:
        return await open_sqlite(sqlite_path(url), clock=clock)


ENGINES: tuple[Engine, ...] = (Sqlite(),)


@lru_cache
def _migrated() -> Path:
    """A migrated file to copy: a migration starts a process."""
    folder = tempfile.mkdtemp(prefix="keyfob-test-")
    atexit.register(shutil.rmtree, folder)
    path = Path(folder) / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


def engine_of(name: str) -> Engine:
    return next(engine for engine in ENGINES if engine.name == name)


@dataclass(frozen=True, slots=True)
class Database:
    engine: Engine
    url: str

    def run(self, scenario: Callable[[Store], Awaitable[T]], clock: Clock | None = None) -> T:
        """Open, play the scenario, close."""

        async def play() -> T:
            store = await self.engine.open(self.url, clock)
            try:
                return await scenario(store)
            finally:
                await store.close()

        return asyncio.run(play())
