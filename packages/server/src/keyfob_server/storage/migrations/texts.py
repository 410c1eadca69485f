"""Runs the texts of a step on either engine.

Tables and columns are written once, in SQLite's names of types. PostgreSQL calls binary columns otherwise, and there
each text column says that it is compared byte by byte, as SQLite does, whatever the database's own collation is.
"""

import re
from collections.abc import Sequence
from typing import Final

from alembic import op

_TYPES: Final = ((re.compile(r"\bblob\b"), "bytea"), (re.compile(r"(?<=[a-z_] )text\b"), 'text collate "C"'))


def for_postgresql(text: str) -> str:
    """What defines tables, columns and indexes, in PostgreSQL's words."""
    for pattern, replacement in _TYPES:
        text = pattern.sub(replacement, text)
    return text


def execute(texts: Sequence[str]) -> None:
    """Tables, columns and indexes: the same on both engines."""
    for text in map(for_postgresql, texts) if _on_postgresql() else texts:
        op.execute(text)


def execute_by_engine(*, sqlite: Sequence[str], postgresql: Sequence[str]) -> None:
    """What each engine says in a language of its own, such as triggers."""
    for text in postgresql if _on_postgresql() else sqlite:
        op.execute(text)


def _on_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"
