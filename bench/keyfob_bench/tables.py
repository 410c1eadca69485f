from collections.abc import Iterable, Iterator, Sequence


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
