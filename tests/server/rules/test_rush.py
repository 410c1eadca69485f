"""Refusals that go on for long are told first after a while, then now and then: a flood is no flood of lines."""

import pytest

from keyfob_server.endpoints.rush_watch import RushWatch
from keyfob_server.rules.rush import QUIET_S, TELL_AGAIN_S, Rush, refused

NOW = 10**9


def told(times: list[int], *, after_s: int = 60) -> list[tuple[int, int]]:
    """When an operator heard of it, and of how many refusals."""
    watch = RushWatch()
    found = [(time, watch.count("shop", now=NOW + time, after_s=after_s)) for time in times]
    return [(time, rush.refused) for time, rush in found if rush is not None]


def test_a_burst_is_not_told() -> None:
    assert told([0] * 1000 + [30] * 1000 + [59] * 1000) == []


def test_what_goes_on_for_so_long_is_told_once_with_its_number() -> None:
    times = [second for second in range(70) for _ in range(10)]
    assert told(times) == [(60, 601)]


def test_what_goes_on_for_ever_is_told_again_now_and_then() -> None:
    every_second = list(range(60 + 2 * TELL_AGAIN_S + 1))
    assert [time for time, _ in told(every_second)] == [60, 60 + TELL_AGAIN_S, 60 + 2 * TELL_AGAIN_S]


def test_a_pause_begins_another_rush() -> None:
    assert told([*range(0, 59, 5), *range(55 + QUIET_S, 59 + QUIET_S, 5), *range(200, 259, 5)]) == []
    assert told([*range(0, 59, 5), 55 + QUIET_S - 1]) == [(55 + QUIET_S - 1, 13)]


def test_a_clock_that_goes_back_ends_nothing() -> None:
    before = Rush(NOW, NOW + 50, 7)
    assert refused(before, now=NOW + 40, after_s=60) == Rush(NOW, NOW + 50, 8)


def test_each_template_has_a_rush_of_its_own_and_those_refused_longest_ago_are_forgotten() -> None:
    watch = RushWatch()
    watch.count("shop", now=NOW, after_s=5)
    for number in range(1000):
        watch.count(f"t{number}", now=NOW, after_s=5)
    assert watch.count("shop", now=NOW + 5, after_s=5) is None
    rush = watch.count("t999", now=NOW + 5, after_s=5)
    assert rush is not None
    assert rush.refused == 2


@pytest.mark.parametrize("after_s", [1, 60])
def test_the_first_refusal_of_a_rush_is_never_told(after_s: int) -> None:
    assert refused(None, now=NOW, after_s=after_s).told == 0
