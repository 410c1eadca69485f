"""All rows of one database into another that is empty, in one transaction there, which ends when every row is equal.

The source is seen as it is at one moment while it is copied, and as it is at a second one while it is compared: what
somebody changes meanwhile is a difference.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from keyfob_server.storage.copy_tables import TABLES, Table
from keyfob_server.storage.executor import Row, SqlValue

PAGE: Final = 500
"""Rows that are read, written or compared at a time."""

NAMED: Final = 20
"""Differences that are told one by one."""


class View(Protocol):
    """A database as it is at one moment. All raise StorageUnavailable."""

    async def rows(self, text: str, parameters: tuple[SqlValue, ...]) -> list[Row]: ...


class Filling(View, Protocol):
    """A transaction that sees what it added itself."""

    async def add(self, text: str, rows: Sequence[Row]) -> None:
        """Each row by the text; nothing when there are none."""
        ...


class Copyable(Protocol):
    """What a database lends to a copy. Both raise StorageUnavailable."""

    def view(self) -> AbstractAsyncContextManager[View]: ...

    def filling(self) -> AbstractAsyncContextManager[Filling]:
        """Committed at the end; an exception that leaves it takes everything back."""
        ...


@dataclass(frozen=True, slots=True)
class Difference:
    table: str
    key: tuple[str, ...]
    """The row's primary key."""
    what: str
    """One phrase without any value."""


class TargetNotEmpty(Exception):
    """`tables` of the target hold rows. Nothing was changed."""

    def __init__(self, tables: Sequence[str]) -> None:
        super().__init__(f"there are rows in {', '.join(tables)}")
        self.tables = tuple(tables)


class NotEqual(Exception):
    """What was copied was taken back: rows cannot be copied, or source and target are not the same."""

    def __init__(self, number: int, differences: Sequence[Difference]) -> None:
        """`number`: of all; `differences`: the first ones."""
        super().__init__(f"{number} rows differ")
        self.number = number
        self.differences = tuple(differences)


class _Differences:
    def __init__(self) -> None:
        self._number = 0
        self._first: list[Difference] = []

    def add(self, table: Table, row: Row, what: str) -> None:
        self._number += 1
        if len(self._first) < NAMED:
            self._first.append(Difference(table.name, tuple(map(str, table.key_of(row))), what))

    def end(self) -> None:
        """Raises NotEqual when there are any."""
        if self._number:
            raise NotEqual(self._number, self._first)


async def copy_all(source: Copyable, target: Copyable, told: Callable[[str], None]) -> dict[str, int]:
    """The number of rows by table, all of them equal and durable. `told` hears how far it is.

    Raises TargetNotEmpty, NotEqual and StorageUnavailable; the target is then as empty as it was.
    """
    async with target.filling() as filling:
        await _refuse_rows(filling)
        async with source.view() as view:
            await _fill(view, filling, told)
        # a view of its own: whoever wrote in the meantime is found out
        async with source.view() as view:
            return await _compare(view, filling, told)


async def _refuse_rows(filling: Filling) -> None:
    found = [table.name for table in TABLES if await filling.rows(table.read, (*table.first, 1))]
    if found:
        raise TargetNotEmpty(found)


async def _fill(view: View, filling: Filling, told: Callable[[str], None]) -> None:
    differences = _Differences()
    for table in TABLES:
        number = 0
        async for page in _pages(table, view):
            sound = []
            for row in page:
                if faults := table.faults(row):
                    differences.add(table, row, f"{', '.join(faults)}: not a value that the schema knows")
                else:
                    sound.append(row)
            await filling.add(table.fill, sound)
            number += len(page)
            told(f"{table.name}: {number} copied")
    differences.end()


async def _compare(view: View, filling: Filling, told: Callable[[str], None]) -> dict[str, int]:
    differences, counts = _Differences(), {}
    for table in TABLES:
        number = 0
        sources, targets = _rows(table, view), _rows(table, filling)
        source, target = await anext(sources, None), await anext(targets, None)
        while source or target:
            if source and (not target or table.key_of(source) < table.key_of(target)):
                differences.add(table, source, "not in the target")
                source = await anext(sources, None)
            elif target and (not source or table.key_of(target) < table.key_of(source)):
                differences.add(table, target, "not in the source")
                target = await anext(targets, None)
            elif source and target:
                if unlike := _unlike(table, source, target):
                    differences.add(table, source, f"{', '.join(unlike)}: not the same")
                number += 1
                source, target = await anext(sources, None), await anext(targets, None)
        told(f"{table.name}: {number} compared")
        counts[table.name] = number
    differences.end()
    return counts


def _unlike(table: Table, source: Row, target: Row) -> list[str]:
    """The columns that differ. 1 is not true, and a text is not the same bytes."""
    if source == target and all(map(_same_type, source, target)):
        return []
    return [
        name
        for name, left, right in zip(table.columns, source, target, strict=True)
        if left != right or not _same_type(left, right)
    ]


def _same_type(left: object, right: object) -> bool:
    return type(left) is type(right)


async def _rows(table: Table, view: View) -> AsyncIterator[Row]:
    async for page in _pages(table, view):
        for row in page:
            yield row


async def _pages(table: Table, view: View) -> AsyncIterator[list[Row]]:
    """All rows, in the order of the primary key."""
    page = await view.rows(table.read, (*table.first, PAGE))
    fresh = page
    while fresh:
        yield [table.as_stored(row) for row in fresh]
        if len(page) < PAGE:
            return
        page = await view.rows(table.read, (*table.key_of(page[-1]), PAGE))
        # it begins with the last one of the page before
        fresh = page[1:]
