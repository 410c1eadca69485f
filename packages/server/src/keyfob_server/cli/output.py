"""Output for people (aligned, without colours, safe to show in a terminal) and for programs (JSON)."""

import json
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import click

from keyfob_server.rules.accounts import is_plain_text

MAX_CELL = 40
_GAP = "  "


def plain(text: str) -> str:
    """The text with every character escaped that could move a cursor, hide or reorder what a person reads."""
    return "".join(
        character if is_plain_text(character) else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def echo(line: str = "") -> None:
    click.echo(line, color=False)


def echo_json(document: Mapping[str, object]) -> None:
    # ASCII only: JSON then carries no character that a terminal could act on.
    echo(json.dumps(document, indent=2))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, widest: int = MAX_CELL) -> str:
    """Aligned columns. A cell of more than `widest` columns of the terminal is cut and ends in `...`."""
    lines = [list(head), *([_cell(text, widest) for text in row] for row in rows)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        _GAP.join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """One fact a line, the empty ones left out."""
    shown = [(label, plain(text)) for label, text in pairs if text]
    width = max(len(label) for label, _ in shown) + 1
    return "\n".join(f"{label + ':':<{width}} {text}" for label, text in shown)


def utc(epoch_seconds: int | None) -> str:
    """`2026-03-01 12:00 UTC`, empty for None."""
    if epoch_seconds is None:
        return ""
    try:
        return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(epoch_seconds))
    except (OverflowError, ValueError, OSError):
        # A row that somebody wrote by hand can hold any number.
        return str(epoch_seconds)


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _cell(text: str, widest: int) -> str:
    safe = plain(text)
    if _width(safe) <= widest:
        return safe or "-"
    kept = ""
    for character in safe:
        if _width(kept + character) > widest - len("..."):
            break
        kept += character
    return kept + "..."


def _width(text: str) -> int:
    """Columns in a terminal: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in {"W", "F"})
        for character in text
    )
