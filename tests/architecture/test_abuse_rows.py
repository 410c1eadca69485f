import re
from collections import Counter
from pathlib import Path

from source_tree import ROOT, functions, parsed

ROWS = Path(__file__).with_name("abuse_rows.txt")
ROW_TEST = re.compile(r"test_([a-o]\d+)_")


def listed() -> list[str]:
    """The rows, each the first word of its line; the rest of the line says what must hold."""
    return [line.split()[0] for line in ROWS.read_text("utf-8").splitlines()]


def rows_of_tests() -> set[str]:
    return {
        found[1].upper()
        for path in (ROOT / "tests").rglob("test_*.py")
        for function in functions(parsed(path))
        if (found := ROW_TEST.match(function.name))
    }


def test_every_listed_abuse_row_has_a_test_named_after_it() -> None:
    found = rows_of_tests()
    assert [row for row in listed() if row not in found] == []


def test_no_abuse_row_is_listed_twice_and_each_says_what_must_hold() -> None:
    assert [row for row, times in Counter(listed()).items() if times > 1] == []
    assert [line for line in ROWS.read_text("utf-8").splitlines() if len(line.split()) < 5] == []
