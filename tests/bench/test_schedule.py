import os

import pytest

from keyfob_bench.processes import busy_seconds, cpu_seconds, family, resident_mib, used_between
from keyfob_bench.schedule import Plan, seconds_for


@pytest.mark.parametrize(
    ("samples", "available", "seconds"), [(100, 145, 1.0), (100, 1, 0.4), (100, 10_000, 3.0), (0, 10, 3.0)]
)
def test_a_sample_takes_what_the_time_allows_within_bounds(samples: int, available: float, seconds: float) -> None:
    assert seconds_for(samples, available) == pytest.approx(seconds)


def test_what_one_round_lost_the_next_ones_make_up() -> None:
    plan = Plan(times=3, connections=1, until=1000, between_s=10)
    assert plan.seconds_in(0, 100, now=1000 - 30 - 450) == pytest.approx(1.05)
    assert plan.seconds_in(2, 100, now=1000 - 10 - 100) == pytest.approx(0.55)
    assert Plan(times=3, connections=1, seconds=20).seconds_in(0, 100, now=5) == 20


def test_a_process_that_began_meanwhile_counts_whole_and_one_that_ended_not() -> None:
    assert used_between({1: 5.0, 2: 1.0}, {1: 6.0, 3: 0.5}) == 1.5


def test_what_the_system_tells_of_this_process_is_so() -> None:
    own = os.getpid()
    before, busy = cpu_seconds([own]), busy_seconds()
    while used_between(before, cpu_seconds([own])) < 0.05:
        pass
    assert busy_seconds() > busy
    assert 5 < resident_mib([own]) < 2000
    assert own in family(own)


def test_a_process_that_is_gone_uses_nothing() -> None:
    gone = 2**22 + 1
    assert cpu_seconds([gone]) == {}
    assert resident_mib([gone]) == 0
    assert list(family(gone)) == [gone]
