import pytest

from keyfob_bench.tables import evenly, number, table


@pytest.mark.parametrize(
    ("values", "count", "shown"),
    [([], 3, []), ([1, 2, 3], 3, [1, 2, 3]), (list(range(61)), 3, [0, 30, 60]), (list(range(6)), 2, [0, 5])],
)
def test_a_few_of_many_are_the_first_the_last_and_some_between(values: list[int], count: int, shown: list[int]) -> None:
    assert evenly(values, count) == shown


def test_numbers_stand_to_the_right_and_text_to_the_left() -> None:
    assert list(table(("what", "why.", "how much"), [["a", "b", number(1234.4)], ["c", "d", number(None)]])) == [
        "| what | why | how much |",
        "| --- | --- | ---: |",
        "| a | b | 1,234 |",
        "| c | d |  |",
        "",
    ]
