"""The overlap of a rotation: who still works, until when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_server.rules.records import RotatingSecret
from keyfob_server.rules.rotation import OVERLAP_S, live_previous, renewed_expiry, rotated

NOW = 1_800_000_000
DAY = 86400
UNTIL = NOW + 500


@pytest.mark.parametrize(
    ("held", "was_used", "overlap", "expected"),
    [
        (RotatingSecret("a", 0), True, True, RotatingSecret("new", 7, "a", NOW + DAY)),
        (RotatingSecret("a", 0), False, True, RotatingSecret("new", 7, "a", NOW + DAY)),
        (RotatingSecret("a", NOW + 60), True, True, RotatingSecret("new", 7, "a", NOW + 60)),
        (RotatingSecret("b", 0, "a", UNTIL), False, True, RotatingSecret("new", 7, "a", UNTIL)),
        (RotatingSecret("b", 0, "a", UNTIL), True, True, RotatingSecret("new", 7, "b", NOW + DAY)),
        (RotatingSecret("b", 0, "a", NOW), False, True, RotatingSecret("new", 7, "b", NOW + DAY)),
        (RotatingSecret("b", 0, "a", UNTIL), False, False, RotatingSecret("new", 7)),
    ],
)
def test_what_is_held_after_a_rotation(
    held: RotatingSecret,
    was_used: bool,  # noqa: FBT001 - a column of the table
    overlap: bool,  # noqa: FBT001 - as above
    expected: RotatingSecret,
) -> None:
    after = rotated(held, "new", now=NOW, expires_at=7, current_was_used=was_used, overlap=overlap)
    assert after == expected


@pytest.mark.parametrize(("until", "hash_"), [(NOW + 1, "a"), (NOW, ""), (0, "")])
def test_g5_the_replaced_one_works_until_its_end_and_not_in_that_second(until: int, hash_: str) -> None:
    assert live_previous(RotatingSecret("b", 0, "a", until), NOW) == hash_


@given(times=st.lists(st.integers(min_value=0, max_value=DAY // 2), min_size=1, max_size=20))
def test_g5_rotations_that_nobody_uses_never_extend_an_overlap(times: list[int]) -> None:
    held, now = rotated(RotatingSecret("first", 0), "next", now=NOW, expires_at=0, current_was_used=False), NOW
    for number, later in enumerate(times):
        now += later
        held = rotated(held, f"n{number}", now=now, expires_at=0, current_was_used=False)
        assert held.previous_hash != "first" or held.previous_until == NOW + OVERLAP_S


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NOW, None), (NOW - NOW % DAY + DAY - 1, None), (NOW - NOW % DAY + DAY, NOW - NOW % DAY + DAY + 1000)],
)
def test_the_end_of_a_token_moves_once_a_day(now: int, expected: int | None) -> None:
    assert renewed_expiry(NOW + 1000, lifetime_s=1000, now=now) == expected
