"""What is killed under load, and what is left of the facts: the server on each engine, or PostgreSQL itself."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Protocol

from support_postgres import Cluster, new_cluster
from support_process import ServerProcess

CLIENTS = "select client_id from dynamically_registered_clients"


class Death(Protocol):
    arguments: tuple[str, ...]
    """Of `keyfob serve --demo`."""

    def kill(self, server: ServerProcess) -> None: ...

    def bring_back(self) -> None:
        """What no server brings back by starting anew."""
        ...

    def registered(self, server: ServerProcess) -> set[str]:
        """The client ids in a sound database; AssertionError for any other."""
        ...


class OnSqlite:
    arguments: tuple[str, ...] = ()

    def kill(self, server: ServerProcess) -> None:
        server.kill()

    def bring_back(self) -> None:
        """A file is there."""

    def registered(self, server: ServerProcess) -> set[str]:
        with closing(sqlite3.connect(server.database)) as connection:
            assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
            return {row[0] for row in connection.execute(CLIENTS)}


class OnPostgresql:
    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.arguments: tuple[str, ...] = ("--database-url", cluster.url("keyfob"))

    def kill(self, server: ServerProcess) -> None:
        server.kill()

    def bring_back(self) -> None:
        """It was not touched."""

    def registered(self, server: ServerProcess) -> set[str]:  # noqa: ARG002 - the contract; its facts lie elsewhere
        return set(self.cluster.psql("keyfob", CLIENTS).splitlines())


class OfPostgresql(OnPostgresql):
    """The server goes on without its database, and finds it again."""

    def kill(self, server: ServerProcess) -> None:
        assert server.process.poll() is None
        self.cluster.kill()

    def bring_back(self) -> None:
        self.cluster.start()


@contextmanager
def on_sqlite() -> Iterator[Death]:
    yield OnSqlite()


@contextmanager
def on_postgresql(death: type[OnPostgresql]) -> Iterator[Death]:
    """In a cluster of its own, since it may die."""
    cluster = new_cluster()
    try:
        cluster.psql("postgres", "create database keyfob")
        yield death(cluster)
    finally:
        cluster.remove()
