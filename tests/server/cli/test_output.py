"""Tables and texts that are safe to show in a terminal."""

import pytest

from keyfob_server.cli.output import count, facts, plain, table, utc


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Anna's phone", "Anna's phone"),
        ("電話 é", "電話 é"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\u202eevil", r"\u202eevil"),
        ("\x9b31m", r"\x9b31m"),
        ("\u2028", r"\u2028"),
    ],
)
def test_what_could_act_on_a_terminal_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_columns_are_aligned_by_what_a_terminal_shows() -> None:
    lines = table(("A", "B"), [("x", "1"), ("電話", "2"), ("e\u0301e\u0301e\u0301", "3"), ("", "4")]).splitlines()
    assert lines == ["A     B", "x     1", "電話  2", "e\u0301e\u0301e\u0301   3", "-     4"]


def test_a_table_without_rows_is_its_head() -> None:
    assert table(("A", "B"), []) == "A  B"


@pytest.mark.parametrize(
    ("text", "cell"),
    [("x" * 10, "x" * 10), ("x" * 11, "x" * 7 + "..."), ("電" * 5, "電" * 5), ("電" * 6, "電" * 3 + "...")],
)
def test_a_cell_is_cut_to_the_columns_that_it_may_take(text: str, cell: str) -> None:
    assert table(("A",), [(text,)], widest=10).splitlines()[1] == cell


def test_a_cut_may_end_inside_an_escape_and_still_leaves_no_control_character() -> None:
    shown = table(("A",), [("\x1b" * 10,)], widest=10).splitlines()[1]
    assert "\x1b" not in shown
    assert shown == r"\x1b\x1..."[:10]


def test_facts_leave_out_what_is_empty() -> None:
    assert facts((("Owner", "anna"), ("Reason", ""), ("Id", "i-1\n"))) == "Owner: anna\nId:    i-1\\n"


@pytest.mark.parametrize(
    ("epoch_seconds", "shown"),
    [(None, ""), (0, "1970-01-01 00:00 UTC"), (1_700_000_000, "2023-11-14 22:13 UTC"), (10**30, str(10**30))],
)
def test_times_are_in_utc(epoch_seconds: int | None, shown: str) -> None:
    assert utc(epoch_seconds) == shown


def test_one_is_singular() -> None:
    assert [count(number, "instance") for number in (0, 1, 2)] == ["0 instances", "1 instance", "2 instances"]
