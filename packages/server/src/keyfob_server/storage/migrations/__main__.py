"""Bring a database to the newest schema and end: `python -m keyfob_server.storage.migrations URL`."""

import os
import sys
import time
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import cast

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from keyfob_server.storage.migrate import sqlite_path

_PATIENCE_S = 30
"""How long to wait for another migration, or for a writer, to end."""


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _create_private(path: Path) -> None:
    """SQLite gives its journal files the mode of the database file."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))


def _on_connect(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
    # pysqlite would begin transactions on its own, later than the lock is needed
    connection.isolation_level = None
    connection.execute("pragma busy_timeout = 30000")
    connection.execute("pragma synchronous = full")


def _on_begin(connection: Connection) -> None:
    # the lock comes before the version is read: of two migrations at once, the second finds nothing to do
    connection.exec_driver_sql("begin immediate")


def _enter_wal(connection: Connection) -> None:
    """The change of journal mode does not wait for others by itself."""
    deadline = time.monotonic() + _PATIENCE_S
    raw = cast("SqliteConnection", connection.connection.driver_connection)
    while True:
        try:
            raw.execute("pragma journal_mode = wal").fetchall()
        except raw.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def upgrade_sqlite(path: Path) -> None:
    """Create the file when there is none (mode 0600), and run the steps that it lacks in one transaction."""
    _create_private(path)
    engine = create_engine(URL.create("sqlite+pysqlite", database=str(path)))
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    with engine.connect() as connection:
        _enter_wal(connection)
        with connection.begin():
            _upgrade(connection)
    engine.dispose()


def main(arguments: list[str]) -> int:
    try:
        upgrade_sqlite(sqlite_path(arguments[0] if len(arguments) == 1 else ""))
    except (OperationalError, DatabaseError) as error:
        sys.stderr.write(f"{error.orig}\n")
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
