"""The storage engines that the contract suite runs on."""

import asyncio
import atexit
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Protocol, TypeVar

from keyfob_server.ports.storage import Store
from keyfob_server.storage.databases import database_of
from keyfob_server.storage.migrate import migrate, sqlite_path
from support_postgres import cluster
from support_shells import Shell, shell
from support_sqlite_faults import sqlite_shell

Clock = Callable[[], int]
T = TypeVar("T")


class Engine(Protocol):
    name: str

    def create(self, folder: Path) -> str:
        """A new, empty, migrated database; its URL."""
        ...

    def shell(self, url: str) -> AbstractContextManager[Shell]:
        """The program that a person changes it with."""
        ...


class Sqlite:
    name = "sqlite"

    def create(self, folder: Path) -> str:
        path = folder / "keyfob.db"
        shutil.copy(_migrated(), path)
        return f"sqlite:///{path}"

    def shell(self, url: str) -> AbstractContextManager[Shell]:
        return sqlite_shell(sqlite_path(url))


# the time of a connection that was told one: tests travel
_TRAVELLING = """
    create or replace function keyfob_now() returns bigint language sql stable parallel safe
    return coalesce(cast(nullif(current_setting('keyfob.now', true), '') as bigint),
        cast(floor(extract(epoch from statement_timestamp())) as bigint))
"""


class Postgresql:
    name = "postgresql"

    def create(self, folder: Path) -> str:  # noqa: ARG002 - the contract of engines; its data lie elsewhere
        name = f"keyfob_{os.getpid()}_{next(_NUMBERS)}"
        cluster().psql("postgres", f"create database {name} template {_template()}")
        return cluster().url(name)

    def shell(self, url: str) -> AbstractContextManager[Shell]:
        return shell(cluster().psql_command(url), "\\echo done")


ENGINES: tuple[Engine, ...] = (Sqlite(), Postgresql())
_NUMBERS = count()


@lru_cache
def _migrated() -> Path:
    """A migrated file to copy: a migration starts a process."""
    folder = tempfile.mkdtemp(prefix="keyfob-test-")
    atexit.register(shutil.rmtree, folder)
    path = Path(folder) / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@lru_cache
def _template() -> str:
    """A migrated database to copy."""
    name = f"keyfob_empty_{os.getpid()}"
    cluster().psql("postgres", f"create database {name}")
    migrate(cluster().url(name))
    cluster().psql(name, _TRAVELLING)
    return name


async def open_store(url: str, clock: Clock | None = None) -> Store:
    return await database_of(url).open(clock=clock)


def engine_of(name: str) -> Engine:
    return next(engine for engine in ENGINES if engine.name == name)


@dataclass(frozen=True, slots=True)
class Database:
    engine: Engine
    url: str

    def run(self, scenario: Callable[[Store], Awaitable[T]], clock: Clock | None = None) -> T:
        """Open, play the scenario, close."""

        async def play() -> T:
            store = await open_store(self.url, clock)
            try:
                return await scenario(store)
            finally:
                await store.close()

        return asyncio.run(play())
