"""Ways to get in the way of an open SQLite store."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from keyfob_server.ports.storage import Store
from keyfob_server.storage.sqlite import SqliteExecutor
from keyfob_server.storage.store import SqlStore
from support_shells import Shell, shell


def executor_of(store: Store) -> SqliteExecutor:
    assert isinstance(store, SqlStore)
    assert isinstance(store._executor, SqliteExecutor)
    return store._executor


def writing_connection(store: Store) -> sqlite3.Connection:
    return executor_of(store)._writer._connection


def reading_connection(store: Store) -> sqlite3.Connection:
    return executor_of(store)._reader


@contextmanager
def write_lock(path: Path) -> Iterator[sqlite3.Connection]:
    """Hold the write lock for a moment: what is submitted meanwhile becomes one group."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("begin immediate")
        yield connection
        if connection.in_transaction:
            connection.execute("rollback")


def sqlite_shell(path: Path) -> AbstractContextManager[Shell]:
    return shell(["sqlite3", "-batch", "-cmd", ".timeout 10000", str(path)], ".print done")
