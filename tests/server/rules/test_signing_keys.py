"""Which signing key signs and which are published, by the clock alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_server.rules.records import SigningKeyRecord
from keyfob_server.rules.signing_keys import State, plan_keys

NOW, DAY, KEEP = 1_750_000_000, 86400, 7 * 86400


def key(kid: str, signs_from: int, *, alg: str = "RS256", withdrawn: int | None = None) -> SigningKeyRecord:
    return SigningKeyRecord(kid, alg, "{}", b"", min(NOW, signs_from), signs_from, withdrawn)


OLD, NEXT = key("old", NOW), key("next", NOW + DAY)


@pytest.mark.parametrize(
    ("now", "states", "published", "changes_at"),
    [
        (NOW, ("signing", "published"), {"old", "next"}, NOW + DAY),
        (NOW + DAY - 1, ("signing", "published"), {"old", "next"}, NOW + DAY),
        (NOW + DAY, ("retired", "signing"), {"old", "next"}, NOW + DAY + KEEP),
        (NOW + DAY + KEEP - 1, ("retired", "signing"), {"old", "next"}, NOW + DAY + KEEP),
        (NOW + DAY + KEEP, ("retired", "signing"), {"next"}, None),
    ],
)
def test_a_key_is_published_then_signs_then_retires_and_leaves_the_set_later(
    now: int, states: tuple[State, State], published: set[str], changes_at: int | None
) -> None:
    plan = plan_keys([NEXT, OLD], now=now, keep_published_s=KEEP)
    assert (plan.states["old"], plan.states["next"]) == states
    assert set(plan.published) == published
    assert set(plan.verifying) == {"old", "next"}
    assert plan.changes_at == changes_at


def test_each_algorithm_has_its_own_order() -> None:
    plan = plan_keys([OLD, NEXT, key("ec", NOW + DAY, alg="ES256")], now=NOW, keep_published_s=KEEP)
    assert plan.signing == {"RS256": "old"}
    later = plan_keys([OLD, NEXT, key("ec", NOW + DAY, alg="ES256")], now=NOW + DAY, keep_published_s=KEEP)
    assert later.signing == {"RS256": "next", "ES256": "ec"}


def test_the_key_before_goes_on_when_the_one_after_it_is_withdrawn() -> None:
    gone = replace(NEXT, retired_at=NOW + DAY + 5)
    plan = plan_keys([OLD, gone], now=NOW + DAY + 5, keep_published_s=KEEP)
    assert plan.signing == {"RS256": "old"}
    assert (plan.states["next"], plan.published, plan.verifying) == ("withdrawn", ("old",), ("old",))
    assert plan_keys([OLD, gone], now=NOW + DAY, keep_published_s=KEEP).changes_at == NOW + DAY + 5


LEAKED = replace(NEXT, retired_at=NOW + 100 * DAY)
NEW = key("new", NOW + 99 * DAY)


def test_a_key_that_left_the_set_does_not_come_back_when_the_one_after_it_is_withdrawn() -> None:
    before = plan_keys([OLD, NEXT, NEW], now=NOW + 100 * DAY - 1, keep_published_s=KEEP)
    after = plan_keys([OLD, LEAKED, NEW], now=NOW + 100 * DAY, keep_published_s=KEEP)
    assert (before.published, after.published) == (("next", "new"), ("new",))
    assert (after.states["old"], after.verifying) == ("retired", ("old", "new"))


@pytest.mark.parametrize("withdrawn", [NOW + DAY // 2, NOW + 98 * DAY])
def test_a_key_that_signed_again_since_the_one_after_it_was_withdrawn_stays_for_its_time(withdrawn: int) -> None:
    keys = [OLD, replace(NEXT, retired_at=withdrawn), NEW]
    for now, published in ((NOW + 99 * DAY + KEEP - 1, ("old", "new")), (NOW + 99 * DAY + KEEP, ("new",))):
        assert plan_keys(keys, now=now, keep_published_s=KEEP).published == published


def test_no_keys_are_a_plan_too() -> None:
    plan = plan_keys([], now=NOW, keep_published_s=KEEP)
    assert (plan.signing, plan.published, plan.changes_at) == ({}, (), None)


keys = st.builds(
    key,
    kid=st.integers(0, 10**9).map(str),
    signs_from=st.integers(NOW, NOW + 50),
    alg=st.sampled_from(["RS256", "ES256"]),
    withdrawn=st.none() | st.integers(NOW, NOW + 60),
)


@given(st.lists(keys, unique_by=lambda one: one.kid, max_size=6), st.integers(NOW, NOW + 80), st.integers(1, 20))
def test_what_signs_is_published_and_nothing_changes_before_the_plan_says_so(
    records: list[SigningKeyRecord], now: int, keep: int
) -> None:
    plan = plan_keys(records, now=now, keep_published_s=keep)
    assert set(plan.signing.values()) <= set(plan.published) <= set(plan.verifying)
    assert set(plan.signing) == {
        one.alg for one in records if one.signs_from <= now and (one.retired_at is None or one.retired_at > now)
    }
    until = plan.changes_at or now + 100
    assert until > now
    assert plan_keys(records, now=until - 1, keep_published_s=keep) == plan
    if plan.changes_at:
        after = plan_keys(records, now=until, keep_published_s=keep)
        assert after != plan
