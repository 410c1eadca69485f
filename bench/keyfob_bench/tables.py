from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown: its first column is text, a head that ends in a dot is text too, all others are numbers."""
    yield _line([head.rstrip(".") for head in heads])
    yield _line(["---", *("---" if head.endswith(".") else "---:" for head in heads[1:])])
    yield from map(_line, rows)
    yield ""


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def number(value: float | None, form: str = ",.0f", unit: str = "") -> str:
    return "" if value is None else f"{value:{form}}{unit}"


def evenly(values: Sequence[T], count: int) -> Sequence[T]:
    """At most so many of the values (two or more), the first and the last among them."""
    if len(values) <= count:
        return values
    return [values[round(number * (len(values) - 1) / (count - 1))] for number in range(count)]
