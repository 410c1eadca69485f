"""The SQL texts, read as texts: literals, portable, one table written by each, by keys where it matters."""

import ast
import importlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import keyfob_server.storage
from keyfob_server.storage.connection import connect_reader

SOURCES = sorted(Path(keyfob_server.storage.__file__).parent.rglob("*.py"))
NAMES = [path.stem for path in SOURCES if path.stem.endswith("statements")]
MODULES = tuple(importlib.import_module(f"keyfob_server.storage.{name}") for name in NAMES)
TEXTS = {
    name: text for module in MODULES for name, text in vars(module).items() if name.isupper() and isinstance(text, str)
}
WRITES = {name: text for name, text in TEXTS.items() if re.match(r"\s*(insert|update|delete)\b", text)}
ONE_ENGINE_ONLY = re.compile(r"[?@`]|unixepoch|strftime|datetime|\bnow\(\)|or ignore|or replace|rowid|ilike|::|json_")

RUNNERS = {"execute", "executemany", "executescript", "exec_driver_sql", "fetch", "read", "Step", "_done"}
SQL = re.compile(r"^\s*(select|insert|update|delete|create|drop|alter|pragma)\b", re.IGNORECASE)


def _is_built(node: ast.expr) -> bool:
    """Whether a text is put together at run time; a name, an attribute and a constant are not."""
    return not isinstance(node, ast.Constant | ast.Name | ast.Attribute)


def _built_texts(source: str) -> list[int]:
    """Lines where SQL is made of pieces: arguments of what runs it, and f-strings or sums that begin like it."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[*args]) if name in RUNNERS:
                lines += [argument.lineno for argument in args[:2] if isinstance(argument, ast.JoinedStr | ast.BinOp)]
                if name == "execute" and args and _is_built(args[0]):
                    lines.append(node.lineno)
            case ast.JoinedStr(values=[ast.Constant(value=str(text)), _, *_]) if SQL.match(text):
                lines.append(node.lineno)
            case ast.BinOp(left=ast.Constant(value=str(text))) if SQL.match(text):
                lines.append(node.lineno)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format" | "join")) if SQL.match(
                text
            ):
                lines.append(node.lineno)
    return sorted(set(lines))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_m3_no_sql_is_put_together_at_run_time(path: Path) -> None:
    assert _built_texts(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "bad",
    [
        'c.execute(f"select * from t where x = {y}")',
        'c.execute("select * from t where x = " + y)',
        'c.execute("select * from t where x = %s" % y)',
        'c.execute("select * from t where x = {}".format(y))',
        'c.execute(" ".join(parts))',
        'text = f"update t set x = {y}"',
        'fetch(c, f"{what} from t", ())',
        'text = "select x from {}".format(t)',
    ],
)
def test_m3_the_search_for_built_sql_finds_it(bad: str) -> None:
    assert _built_texts(bad) == [1]


def test_m3_every_statement_is_a_literal() -> None:
    trees = [ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")) for module in MODULES]
    assigned = [node for tree in trees for node in tree.body if isinstance(node, ast.AnnAssign)]
    assert {ast.unparse(node.target) for node in assigned} == set(TEXTS)
    assert all(isinstance(node.value, ast.Constant) for node in assigned)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_writes_two_tables(text: str) -> None:
    written = re.findall(r"\binsert into\b|(?<!do )\bupdate (?!set\b)\w+|\bdelete from\b", text)
    assert len(written) <= 1


@pytest.mark.parametrize("text", WRITES.values(), ids=WRITES)
def test_each_write_returns_a_row_when_it_took_effect(text: str) -> None:
    assert re.search(r"\breturning \w", text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_parameters_are_numbered_without_a_gap_and_nothing_of_one_engine_is_in_the_text(text: str) -> None:
    numbers = {int(number) for number in re.findall(r"\$(\d+)", text)}
    assert numbers == set(range(1, len(numbers) + 1))
    assert not ONE_ENGINE_ONLY.search(text)


def test_a_device_is_read_by_the_same_columns_whoever_asks_for_it() -> None:
    asked = [TEXTS[name] for name in ("LIST_DEVICES", "FIND_DEVICE", "LIST_LONGEST_UNUSED")]
    heads = [text.partition("where i.")[0] for text in asked]
    columns = {re.sub(r"session_id = \$\d", "session_id = $n", head) for head in heads}
    assert len(columns) == 1


@pytest.fixture
def planner(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect_reader(path, None)) as connection:
        yield connection


def _plan(planner: sqlite3.Connection, text: str) -> list[str]:
    names = set(re.findall(r"\$(\d+)", text))
    query = "explain query plan " + text
    return [str(row[3]) for row in planner.execute(query, dict.fromkeys(names)).fetchall()]


LISTS = {"LIST_ACCOUNTS", "LIST_INSTANCES", "LIST_SIGNING_KEYS"}
FEW = {"LIST_SETTINGS_NAMING"}
"""Read the handful of static clients and templates, when a browser asks for an origin that no setting lists."""
AT_START = {"RETIRE_REGISTRATION_CLIENTS", "RETIREMENT_ACT", "ADD_FIRST_SIGNING_KEY"}
"""Read the handful of static clients, or of keys, once."""
BY_A_JOB = {"LIST_UNSEALED", "COUNT_UNSEALED", "END_SOME_SESSIONS", "COUNT_BOUND_TO_KEY", "LIST_IDLE", "COUNT_PAGE"} | {
    "REMOVE_OLD_INITIAL_GRANTS"
}
"""Run by a job or a command, not by a request; each has a limit, or reads an index of what it looks for."""


@pytest.mark.parametrize("name", sorted(set(TEXTS) - LISTS - FEW - AT_START - BY_A_JOB))
def test_everything_but_a_list_finds_its_rows_by_an_index(planner: sqlite3.Connection, name: str) -> None:
    # `p` is the one row that the parameters make, `found` the window of rows that a search read before
    scans = {line for line in _plan(planner, TEXTS[name]) if line.startswith("SCAN")}
    assert scans <= {"SCAN p", "SCAN found", "SCAN CONSTANT ROW"}


@pytest.mark.parametrize("name", ["LIST_ACCOUNTS", "LIST_INSTANCES", "LIST_INSTANCES_OF"])
def test_a_page_of_a_list_is_read_in_the_order_of_an_index(planner: sqlite3.Connection, name: str) -> None:
    plan = _plan(planner, TEXTS[name])
    assert not [line for line in plan if line.startswith("SCAN") or "TEMP B-TREE" in line]


def test_the_grants_that_a_person_has_at_an_app_are_found_without_those_of_others(planner: sqlite3.Connection) -> None:
    steps = " ".join(_plan(planner, TEXTS["REVOKE_SURPLUS_GRANTS"]))
    assert "delegations_live (client_id=? AND account_id=?)" in steps
