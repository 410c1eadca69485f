"""Plain SQL on the database, beside the running server: what a person at the database's own shell can do."""

import asyncio
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import asyncpg

from support_postgres import cluster

SqlValue = str | int | bytes | None
Row = tuple[SqlValue, ...]

RECORDS = ("dynamically_registered_clients", "delegations", "accounts", "credentials", "clients")
"""The tables that a refusal must leave as they are."""


SCHEMA = "select name, sql from sqlite_master order by 1"
_SCHEMA_ON_POSTGRESQL = (
    "select table_name::text, column_name::text from information_schema.columns "
    "where table_schema = 'public' order by 1, 2"
)
ON_POSTGRESQL = os.environ.get("KEYFOB_TEST_DATABASE") == "postgresql"
"""Tests of the server in this process then run on PostgreSQL; a database is called by a path all the same."""
_PLACE = Path("/postgresql")


def place_of(name: str) -> Path:
    """What stands for a PostgreSQL database in place of a file."""
    return _PLACE / name


def rows(database: Path, text: str, *parameters: SqlValue) -> list[Row]:
    if database.parent == _PLACE:
        return asyncio.run(_on_postgresql(database.name, text, parameters))[0]
    with _opened(database) as connection:
        return connection.execute(text, parameters).fetchall()


def value(database: Path, text: str, *parameters: SqlValue) -> SqlValue:
    """The one value of the one row."""
    ((only,),) = rows(database, text, *parameters)
    return only


def change(database: Path, text: str, *parameters: SqlValue) -> int:
    """Commit one statement; the number of rows that it named."""
    if database.parent == _PLACE:
        return asyncio.run(_on_postgresql(database.name, text, parameters))[1]
    with _opened(database) as connection, connection:
        return connection.execute(text, parameters).rowcount


def records(database: Path) -> dict[str, list[Row]]:
    """Every row of the tables that hold what was registered and granted, to compare before and after."""
    return {name: rows(database, f"select * from {name} order by 1, 2") for name in RECORDS}  # noqa: S608 - names of ours


def set_status(database: Path, client_id: str, status: str) -> None:
    """As the start document's administrator does it."""
    text = "update dynamically_registered_clients set status = ? where client_id = ?"
    assert change(database, text, status, client_id) == 1


async def _on_postgresql(name: str, text: str, parameters: tuple[SqlValue, ...]) -> tuple[list[Row], int]:
    """The rows, and how many a change named."""
    numbers = count(1)
    text = _SCHEMA_ON_POSTGRESQL if text == SCHEMA else text
    connection = await asyncpg.connect(cluster().url(name))
    try:
        statement = await connection.prepare(re.sub(r"\?", lambda _: f"${next(numbers)}", text))
        found = [tuple(row) for row in await statement.fetch(*parameters)]
        return found, int((re.search(r"\d+$", statement.get_statusmsg()) or ["0"])[0])
    finally:
        await connection.close()


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        yield connection
