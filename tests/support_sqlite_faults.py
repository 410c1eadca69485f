"""Ways to get in the way of an open SQLite store."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from keyfob_server.ports.storage import Store
from keyfob_server.storage.sqlite import SqliteExecutor
from keyfob_server.storage.store import SqlStore


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


class Shell:
    """The `sqlite3` program, as a person uses it who waits while the server writes."""

    def __init__(self, path: Path) -> None:
        self._program = subprocess.Popen(
            ["sqlite3", "-batch", "-cmd", ".timeout 10000", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._program.pid

    def say(self, text: str) -> list[str]:
        """What it prints for a text."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(f"{text}\n.print done\n")
        self._program.stdin.flush()
        return list(iter(self._line, "done"))

    def _line(self) -> str:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        assert line, "the sqlite3 program ended"
        return line.rstrip("\n")

    def kill(self) -> None:
        self._program.kill()
        self._program.communicate()


@contextmanager
def sqlite_shell(path: Path) -> Iterator[Shell]:
    shell = Shell(path)
    try:
        yield shell
    finally:
        shell.kill()
