"""Plain SQL on the database file, beside the running server: what a person at the database's own shell can do."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

SqlValue = str | int | bytes | None
Row = tuple[SqlValue, ...]

RECORDS = ("dynamically_registered_clients", "delegations", "accounts", "credentials", "clients")
"""The tables that a refusal must leave as they are."""


def rows(database: Path, text: str, *parameters: SqlValue) -> list[Row]:
    with _opened(database) as connection:
        return connection.execute(text, parameters).fetchall()


def value(database: Path, text: str, *parameters: SqlValue) -> SqlValue:
    """The one value of the one row."""
    ((only,),) = rows(database, text, *parameters)
    return only


def change(database: Path, text: str, *parameters: SqlValue) -> int:
    """Commit one statement; the number of rows that it named."""
    with _opened(database) as connection, connection:
        return connection.execute(text, parameters).rowcount


def records(database: Path) -> dict[str, list[Row]]:
    """Every row of the tables that hold what was registered and granted, to compare before and after."""
    return {name: rows(database, f"select * from {name} order by 1, 2") for name in RECORDS}  # noqa: S608 - names of ours


def set_status(database: Path, client_id: str, status: str) -> None:
    """As the start document's administrator does it."""
    text = "update dynamically_registered_clients set status = ? where client_id = ?"
    assert change(database, text, status, client_id) == 1


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        yield connection
