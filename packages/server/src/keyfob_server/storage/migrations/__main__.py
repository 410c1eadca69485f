"""Bring a database to the newest schema and end: `python -m keyfob_server.storage.migrations URL`."""

import asyncio
import os
import sys
import time
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Final, cast

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from keyfob_server.storage.migrate import URL_VARIABLE, is_postgresql, sqlite_path

_PATIENCE_S = 30
"""How long to wait for another migration, or for a writer, to end."""

# the number is the word `keyfob`
_LOCK: Final = "select pg_advisory_xact_lock(118083572625250)"
_SESSION: Final = {"target_session_attrs": "read-write", "server_settings": {"application_name": "keyfob migrate"}}


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


async def upgrade_postgresql(url: str) -> None:
    """Run the steps that the database lacks in one transaction, while nodes serve; a second migration waits for it.

    Raises OSError when the database cannot be used.
    """
    import asyncpg  # noqa: PLC0415 - SQLite needs neither
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url, timeout=_PATIENCE_S, **_SESSION)
    )
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(_LOCK)
            # a table that a long transaction holds must not make every request wait behind us
            await connection.exec_driver_sql("set local lock_timeout = '5s'")
            await connection.run_sync(_upgrade)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        raise OSError(str(error)) from error
    finally:
        await engine.dispose()


def _upgrade_any(url: str) -> None:
    if is_postgresql(url):
        asyncio.run(upgrade_postgresql(url))
    else:
        upgrade_sqlite(sqlite_path(url))


def main(arguments: list[str]) -> int:
    try:
        _upgrade_any(arguments[0] if len(arguments) == 1 else os.environ.get(URL_VARIABLE, ""))
    except DBAPIError as error:
        sys.stderr.write(f"{error.orig}\n")
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
