"""Which schema a database has, which one this release needs, and how to get from one to the other.

Alembic is not imported here: it works in a child process that ends, and would cost each server its memory for nothing.
"""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

_VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"
_SCHEME: Final = "sqlite:///"
URL_VARIABLE: Final = "KEYFOB_MIGRATE_URL"
_LAST_LINES: Final = 300


class MigrationFailed(Exception):
    """The database is as it was; the message is one line."""


def sqlite_path(url: str) -> Path:
    """The file of `sqlite:///relative` or `sqlite:////absolute`; raises ValueError for anything else."""
    path = url.removeprefix(_SCHEME)
    if path == url or not path or path.startswith(":") or "\0" in path:
        raise ValueError("not a database URL of the form sqlite:///FILE")
    return Path(path)


def is_postgresql(url: str) -> bool:
    return url.startswith(("postgresql://", "postgres://"))


def head() -> str:
    """The newest step of this release: steps are files named NNNN_what.py, and NNNN is their revision."""
    return max(path.name[:4] for path in _VERSIONS.glob("[0-9][0-9][0-9][0-9]_*.py"))


def current(path: Path) -> str | None:
    """The step that a database file is at, None when there is no file or no schema; raises sqlite3.Error."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection:
        tables = connection.execute("select name from sqlite_master where name = 'alembic_version'").fetchall()
        rows = connection.execute("select version_num from alembic_version").fetchall() if tables else []
    return str(rows[0][0]) if rows else None


def migrate_if_needed(path: Path, url: str) -> None:
    """Raises MigrationFailed. A database that is current costs one small read."""
    try:
        found = current(path)
    except (sqlite3.Error, OSError) as error:
        raise MigrationFailed(f"cannot use the database {path}: {error}") from error
    if found != head():
        migrate(url)


def migrate(url: str) -> None:
    """Bring the database to `head()` in a child process, creating it when it is not there; raises MigrationFailed."""
    # -P: the working folder must not be able to shadow a module; the URL may hold a password, and others see arguments
    command = [sys.executable, "-P", "-m", "keyfob_server.storage.migrations"]
    environment = {**os.environ, URL_VARIABLE: url}
    done = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise MigrationFailed(lines[-1][:_LAST_LINES])
