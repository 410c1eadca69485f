"""Which engine a database URL names. Everything that depends on the engine is behind `Database`."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from typing import Protocol

from keyfob_server.ports.storage import Store
from keyfob_server.storage.copying import Filling, View
from keyfob_server.storage.migrate import is_postgresql, sqlite_path
from keyfob_server.storage.sqlite_database import SqliteDatabase

CONNECTIONS = 10


class Database(Protocol):
    @property
    def name(self) -> str:
        """What to call it in a message; never with a password."""
        ...

    @property
    def warning(self) -> str | None:
        """What an operator should know of it at start."""
        ...

    @property
    def settling_s(self) -> int:
        """How long after a change of keys every server has them: each of several looks again and again."""
        ...

    @property
    def one_process(self) -> str:
        """Why one process alone may serve it, in one line; empty when any number may."""
        ...

    @property
    def files(self) -> tuple[Path, ...]:
        """What lies on this machine because of it."""
        ...

    async def used_bytes(self) -> int:
        """What its content takes; raises StorageUnavailable."""
        ...

    async def free_bytes(self) -> int | None:
        """What its disk has left; None where that is another machine's. Raises StorageUnavailable."""
        ...

    def sole_server(self) -> AbstractContextManager[None]:
        """Held while a server runs, where one alone may; raises StorageUnavailable."""
        ...

    def without_servers(self) -> AbstractContextManager[None]:
        """Held while no server may run; raises StorageUnavailable when one does. Outside of an event loop."""
        ...

    async def exists(self) -> bool:
        """Whether there is something of ours already; raises StorageUnavailable."""
        ...

    async def schema(self) -> str | None:
        """The step that it is at; None without a schema of ours. Raises StorageUnavailable."""
        ...

    async def migrate_if_needed(self) -> None:
        """Raises MigrationFailed."""
        ...

    async def open(self, *, clock: Callable[[], int] | None = None) -> Store:
        """Raises StorageUnavailable with one line that says what to do. `clock`: the database's time, for tests."""
        ...

    def view(self) -> AbstractAsyncContextManager[View]:
        """For a copy: all rows as they are at one moment."""
        ...

    def filling(self) -> AbstractAsyncContextManager[Filling]:
        """For a copy: one transaction that is committed at the end, when nothing was raised."""
        ...


def database_of(url: str, *, connections: int = CONNECTIONS, serving: bool = False) -> Database:
    """Raises ValueError for a URL that no engine knows.

    `connections` at most, where the engine is asked over a network. `serving`: for a server, and not for a command.
    """
    if is_postgresql(url):
        from keyfob_server.storage.postgres_database import (  # noqa: PLC0415 - its driver takes memory and time to load
            COMMAND,
            NODE,
            PostgresDatabase,
        )

        return PostgresDatabase(url, connections=connections, application=NODE if serving else COMMAND)
    return SqliteDatabase(url, sqlite_path(url))
