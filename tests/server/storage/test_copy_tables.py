"""storage.copy_tables: no table and no column of the schema is forgotten, and values are what the schema says."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from keyfob_server.storage import copy_statements
from keyfob_server.storage.copy_tables import TABLES, Table
from support_engines import Sqlite

KINDS = {"text": str, "bigint": int, "boolean": bool, "blob": bytes}
ACCOUNTS = next(table for table in TABLES if table.name == "accounts")


def schema(folder: Path) -> dict[str, tuple[dict[str, type], list[str]]]:
    """Of each table of a migrated database: the kinds of its columns, and its primary key."""
    with closing(sqlite3.connect(Sqlite().create(folder).removeprefix("sqlite:///"))) as connection:
        names = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        found = {}
        for (name,) in names:
            columns = connection.execute("select name, type, pk from pragma_table_info(?)", (name,)).fetchall()
            key = [column for column, _, place in sorted(columns, key=lambda one: one[2]) if place]
            found[name] = ({column: KINDS.get(kind.lower(), object) for column, kind, _ in columns}, key)
    del found["alembic_version"]
    return found


def test_a_copy_knows_every_table_column_kind_and_key_of_the_schema(tmp_path: Path) -> None:
    known = {
        table.name: (
            dict(zip(table.columns, table.kinds, strict=True)),
            [table.columns[place] for place in table.key],
        )
        for table in TABLES
    }
    assert known == schema(tmp_path)
    assert len(known) == len(TABLES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_both_texts_of_a_table_name_its_columns_in_their_order(table: Table) -> None:
    read = re.fullmatch(r"\s*select (.+) from (\w+) where .+", table.read, re.DOTALL)
    fill = re.fullmatch(r"\s*insert into (\w+) \(([^)]+)\)\s+values \(([^)]+)\).+", table.fill, re.DOTALL)
    assert read is not None
    assert fill is not None
    assert (read[2], fill[1]) == (table.name, table.name)
    assert tuple(re.split(r",\s+", read[1].strip())) == table.columns
    assert tuple(re.split(r",\s+", fill[2])) == table.columns
    assert re.split(r",\s+", fill[3]) == [f"${number}" for number in range(1, len(table.columns) + 1)]


def test_every_text_of_copying_is_used_once() -> None:
    texts = [text for name, text in vars(copy_statements).items() if name.isupper()]
    assert sorted(texts) == sorted(text for table in TABLES for text in (table.read, table.fill))


def an_account(**changes: object) -> tuple[object, ...]:
    values = dict.fromkeys(ACCOUNTS.columns, "x") | dict.fromkeys(("generation", "created", "updated"), 1)
    values |= {"email_verified": 0, "phone_number_verified": 1}
    return tuple((values | changes).values())


def test_truth_is_0_and_1_on_one_engine_and_itself_on_the_other() -> None:
    row = ACCOUNTS.as_stored(an_account())
    assert [value for value in row if isinstance(value, bool)] == [False, True]
    assert ACCOUNTS.faults(row) == []
    assert ACCOUNTS.as_stored(row) == row


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "half a pair: \udcff"),
        ("name", "a\0b"),
        ("name", b"bytes"),
        ("name", 7),
        ("created", "long ago"),
        ("created", 1.5),
        ("created", True),
        ("email_verified", 2),
        ("email_verified", "yes"),
    ],
)
def test_a_value_that_the_schema_does_not_know_is_a_fault_of_its_column(column: str, value: object) -> None:
    assert ACCOUNTS.faults(ACCOUNTS.as_stored(an_account(**{column: value}))) == [column]


@pytest.mark.parametrize("value", ["", "é", "🔑", None])
def test_any_text_and_nothing_at_all_are_no_faults(value: object) -> None:
    assert ACCOUNTS.faults(ACCOUNTS.as_stored(an_account(name=value))) == []
