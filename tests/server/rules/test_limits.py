from hypothesis import given
from hypothesis import strategies as st

from keyfob_server.rules.limits import SECOND, Limit, LimitsPolicy, taken, wait_s

TWO_IN_TEN = Limit("x", 2, 10)


def test_a_full_bucket_gives_as_many_as_it_holds_and_then_says_how_long_a_share_takes() -> None:
    full_at, waits = 0, []
    for _ in range(3):
        waits.append(wait_s(TWO_IN_TEN, full_at, 100 * SECOND))
        full_at = taken(TWO_IN_TEN, full_at, 100 * SECOND)
    assert waits == [None, None, 5]


def test_one_share_comes_back_at_a_time() -> None:
    full_at, now = 110 * SECOND, 105 * SECOND
    assert wait_s(TWO_IN_TEN, full_at, now - 1) == 1
    assert wait_s(TWO_IN_TEN, full_at, now) is None
    assert wait_s(TWO_IN_TEN, taken(TWO_IN_TEN, full_at, now), now) == 5


@given(st.integers(1, 5000), st.integers(1, 86400), st.integers(0, 2**63))
def test_whatever_the_numbers_a_bucket_gives_exactly_what_it_holds(most: int, per_s: int, now: int) -> None:
    limit, full_at = Limit("x", most, per_s), 0
    for _ in range(most):
        assert wait_s(limit, full_at, now) is None
        full_at = taken(limit, full_at, now)
    wait = wait_s(limit, full_at, now)
    assert wait is not None
    assert 1 <= wait <= per_s // most + 1


def test_the_numbers_of_the_abuse_cases_are_the_defaults() -> None:
    limits = LimitsPolicy()
    assert (limits.failures_of_client.most, limits.failures_of_client.per_s) == (20, 600)
    assert (limits.failures_of_token.most, limits.failures_of_token.per_s) == (20, 600)
    delays = limits.sign_in_delays
    assert (delays.free, delays.first_s, delays.longest_s) == (10, 1, 900)


def test_each_limit_has_buckets_of_its_own() -> None:
    limits = LimitsPolicy()
    found = [
        limits.failures_of_client,
        limits.failures_of_token,
        limits.failures_from_address,
        limits.misses_of_introspection,
        limits.sign_ins_from_address,
        limits.sign_ins_from_network,
        limits.sign_ins_in_total,
        limits.sign_ins_of_name,
    ]
    assert len({limit.name for limit in found}) == len(found)
