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

    def take_back(self, url: str) -> None:
        """A database that nobody uses any more."""
        ...


class Sqlite:
    name = "sqlite"

    def create(self, folder: Path) -> str:
        path = folder / "keyfob.db"
        put_migrated(path)
        return f"sqlite:///{path}"

    def shell(self, url: str) -> AbstractContextManager[Shell]:
        return sqlite_shell(sqlite_path(url))

    def take_back(self, url: str) -> None:
        """It goes with its folder."""


# the time of a connection that was told one: tests travel
_TRAVELLING = """
    create or replace function keyfob_now() returns bigint language sql stable parallel safe
    return coalesce(cast(nullif(current_setting('keyfob.now', true), '') as bigint),
        cast(floor(extract(epoch from statement_timestamp())) as bigint))
"""


_EMPTY = """
    do $$ declare name text; begin
        set local session_replication_role = replica;
        for name in select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version' loop
            execute format('delete from %I', name);
        end loop;
    end $$
"""
_SHAPE = "select (select count(*) from pg_class), (select count(*) from pg_proc), (select count(*) from pg_trigger)"


class Postgresql:
    name = "postgresql"

    def __init__(self) -> None:
        self._emptied: list[str] = []

    def create(self, folder: Path) -> str:  # noqa: ARG002 - the contract of engines; its data lie elsewhere
        if self._emptied:
            return self._emptied.pop()
        name = f"keyfob_{os.getpid()}_{next(_NUMBERS)}"
        cluster().psql("postgres", f"create database {name} template {_template()}")
        return cluster().url(name)

    def shell(self, url: str) -> AbstractContextManager[Shell]:
        return shell(cluster().psql_command(url), "\\echo done")

    def take_back(self, url: str) -> None:
        """Emptied for the next who wants one: a new one is a thousand files. One with other tables is left alone."""
        name = url.partition("@/")[2].partition("?")[0]
        if cluster().psql(name, _EMPTY, _SHAPE) == _shape():
            self._emptied.append(url)


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


def put_migrated(path: Path) -> None:
    """An empty database there, unless there is one: a server that starts on it has nothing to migrate."""
    if not path.exists():
        shutil.copy(_migrated(), path)


@lru_cache
def _template() -> str:
    """A migrated database to copy."""
    name = f"keyfob_empty_{os.getpid()}"
    cluster().psql("postgres", f"create database {name}")
    migrate(cluster().url(name))
    cluster().psql(name, _TRAVELLING)
    return name


@lru_cache
def _shape() -> str:
    """How many tables, functions and triggers a database has that nobody changed."""
    return cluster().psql(_template(), _SHAPE)


async def open_store(url: str, clock: Clock | None = None) -> Store:
    return await database_of(url).open(clock=clock)


def serve_options(engine: Engine, folder: Path) -> tuple[str, ...]:
    """Of `keyfob serve --demo`: an empty database of the engine. On SQLite it makes its own, as without any."""
    return () if engine.name == "sqlite" else ("--database-url", engine.create(folder))


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
