"""Connections to a SQLite file, and the one way to run a text on one."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage import migrate
from keyfob_server.storage.executor import Row, SqlValue

BUSY_TIMEOUT_S: Final = 2
MOST_ROWS: Final = 1000
"""No text may bring more: each has a limit of its own below this."""

_SOUND_CHECKPOINTS: Final = (3, 51, 3)
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PRIMARY: Final = 0xFF


def sqlite_warning() -> str | None:
    """What an operator should know of this machine's SQLite library at start."""
    if sqlite3.sqlite_version_info >= _SOUND_CHECKPOINTS:
        return None
    return (
        f"SQLite {sqlite3.sqlite_version} can, very rarely, damage a database when a program writes while another puts "
        "the write-ahead log back (mended in 3.51.3): while the server runs, let other programs write little"
    )


def check_usable(path: Path) -> None:
    """Raises StorageUnavailable with one line that says what to do."""
    try:
        found = migrate.current(path)
    except (sqlite3.Error, OSError) as error:
        raise StorageUnavailable(f"cannot use the database {path}: {error}") from error
    needed = migrate.head()
    if found is None:
        raise StorageUnavailable(f"there is no Keyfob database at {path}: run `keyfob migrate`")
    if found < needed:
        raise StorageUnavailable(f"the schema of {path} is {found}, and {needed} is needed: run `keyfob migrate`")
    if found > needed:
        raise StorageUnavailable(f"the schema of {path} is {found}, newer than this release, which knows {needed}")


def connect_reader(path: Path, clock: Callable[[], int] | None) -> sqlite3.Connection:
    """For the thread that calls; never waits for a lock inside SQLite, because the event loop runs there."""
    connection = _connect(path, clock, check_same_thread=True)
    connection.execute("pragma query_only = on")
    connection.execute("pragma busy_timeout = 0")
    return connection


def connect_writer(path: Path, clock: Callable[[], int] | None) -> sqlite3.Connection:
    """Opened by the thread that starts the writer, then used by the writer's thread alone."""
    connection = _connect(path, clock, check_same_thread=False)
    connection.execute("pragma synchronous = full")
    connection.execute("pragma journal_size_limit = 67108864")
    return connection


def _connect(path: Path, clock: Callable[[], int] | None, *, check_same_thread: bool) -> sqlite3.Connection:
    """Raises sqlite3.Error."""
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=check_same_thread,
    )
    try:
        connection.create_function("keyfob_now", 0, clock or _now)
        # checkpoints are the writer's, after its answers; a schema that somebody changed may not call our functions
        connection.execute("pragma wal_autocheckpoint = 0")
        connection.execute("pragma trusted_schema = off")
        connection.execute("pragma temp_store = memory")
        # a no-op in a file that a migration made; a copy that lost its mode gets it back
        connection.execute("pragma journal_mode = wal")
    except BaseException:
        connection.close()
        raise
    return connection


def _now() -> int:
    return int(time.time())


def fetch(connection: sqlite3.Connection, text: str, parameters: tuple[SqlValue, ...]) -> list[Row]:
    """All rows of a text; no cursor stays open, which would freeze what the connection sees of the database."""
    numbered = _numbered(text)
    cursor = connection.execute(numbered, parameters)
    # one that brought its last row is closed to SQLite
    found = cursor.fetchmany(MOST_ROWS + 1)
    if len(found) > MOST_ROWS:
        cursor.close()
        raise AssertionError("a text without a limit")
    return found


def fill(connection: sqlite3.Connection, text: str, rows: Sequence[Row]) -> None:
    """Run a text for each row; raises sqlite3.Error."""
    numbered = _numbered(text)
    connection.executemany(numbered, rows)


@lru_cache(maxsize=512)
def _numbered(text: str) -> str:
    """With `?1` for `$1`, which SQLite would look up by its name."""
    return text.replace("$", "?")


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection was in the way, and the same may succeed in a moment."""
    return (getattr(error, "sqlite_errorcode", 0) & _PRIMARY) in _BUSY
