"""What the distribution script says, and which shards a statement touches, read off its own text."""

import importlib
import re
from dataclasses import dataclass
from pathlib import Path

import keyfob_server.storage

STORAGE = Path(keyfob_server.storage.__file__).parent
SCRIPT = (STORAGE / "citus.sql").read_text("utf-8")
REFERENCE = re.findall(r"^select create_reference_table\('(\w+)'\);$", SCRIPT, re.MULTILINE)
DISTRIBUTED = re.findall(r"^select create_distributed_table\('(\w+)', '(\w+)', colocate_with => '(\w+)'\);$", SCRIPT,
                         re.MULTILINE)  # fmt: skip
COLUMN = {table: column for table, column, _ in DISTRIBUTED}

TEXTS = {
    name: text
    for path in sorted(STORAGE.glob("*statements.py"))
    for name, text in vars(importlib.import_module(f"keyfob_server.storage.{path.stem}")).items()
    if name.isupper() and isinstance(text, str)
}

_NO_ALIAS = r"where|set|on|left|join|cross|order|limit|values|union|group|for"
_TABLE = re.compile(rf"\b(?:from|join|into|update)\s+(?!set\b)(\w+)(?:\s+(?!(?:{_NO_ALIAS})\b)(\w+))?")
_INSERT = re.compile(r"\s*insert into (\w+) \(([^)]+)\)\s+values \(([^)]+)\)")


@dataclass(frozen=True, slots=True)
class Reach:
    tables: frozenset[str]
    """Those that are distributed."""
    shards: frozenset[str]
    """The parameters that choose them."""
    fans_out: frozenset[str]
    """Those of the tables whose rows nothing chooses a shard for."""


def reach(text: str) -> Reach:
    """What a text names by an equality with a parameter, directly or through a row of the same client."""
    if inserted := _INSERT.match(text):
        return _reach_of_insert(inserted)
    used = [(table, alias or table) for table, alias in _TABLE.findall(text)]
    distributed = [(table, alias) for table, alias in used if table in COLUMN]
    pins: dict[str, set[str]] = {alias: _pins(text, alias, COLUMN[table]) for table, alias in distributed}
    for table, alias in distributed:
        for other_table, other in distributed:
            # the shards of tables that lie side by side
            joined = rf"\b{alias}\.{COLUMN[table]} = {other}\.{COLUMN[other_table]}\b"
            if COLUMN[table] == COLUMN[other_table] == "client_id" and re.search(joined, text):
                pins[alias] |= pins[other]
    lost = frozenset(table for table, alias in distributed if not pins[alias])
    return Reach(frozenset(table for table, _ in distributed), frozenset().union(*pins.values()), lost)


def _reach_of_insert(inserted: re.Match[str]) -> Reach:
    table, columns, values = inserted[1], inserted[2], inserted[3]
    if table not in COLUMN:
        return Reach(frozenset(), frozenset(), frozenset())
    place = re.split(r",\s+", columns).index(COLUMN[table])
    return Reach(frozenset({table}), frozenset({re.split(r",\s+", values)[place]}), frozenset())


def _pins(text: str, alias: str, column: str) -> set[str]:
    """The parameters that the column must be equal to; a condition with `or` chooses nothing."""
    qualified = rf"\b{alias}\.{column} = (\$\d+|p\.\w+)"
    bare = rf"(?<![\w.]){column} = (\$\d+)"
    by_name = _TABLE.search(text)
    pattern = f"{qualified}|{bare}" if by_name and by_name[1] == alias else qualified
    found = re.finditer(rf"(?<!or )(?:{pattern})(?! or )", text)
    return {next(group for group in match.groups() if group) for match in found}
