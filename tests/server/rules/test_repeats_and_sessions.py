"""Patterns of repeated answers, cookies, and what is told of a person."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import SessionId
from keyfob_server.endpoints.repeat_watch import RepeatWatch
from keyfob_server.rules.records import GrantKey
from keyfob_server.rules.repeats import Repeats, repeated
from keyfob_server.rules.sessions import browser_hash_of, cookie_from, session_id_of, sid_of
from keyfob_server.rules.subjects import facts_of, public_subject
from support_records import ACCOUNT, POLICY


@pytest.mark.parametrize(
    ("counters", "suspicious"),
    [
        ([5], False),
        ([5, 5, 5], False),
        ([5, 5, 5, 5], True),
        ([5, 6], False),
        ([5, 6, 7], True),
        ([5, 7, 9], False),
        ([5, 6, 9, 10], False),
        ([5, 5, 6, 6, 7], True),
    ],
)
def test_four_repeats_of_one_counter_or_three_rotations_running_are_suspicious(
    counters: list[int], *, suspicious: bool
) -> None:
    seen: Repeats | None = None
    for counter in counters:
        seen = repeated(seen, counter)
    assert seen is not None
    assert seen.suspicious is suspicious


def test_a_pattern_is_told_once() -> None:
    watch, key = RepeatWatch(), GrantKey("client", "grant")  # type: ignore[arg-type] # any text
    assert [watch.count(key, 1) for _ in range(6)] == [False, False, False, True, False, False]


def test_the_watch_forgets_the_grant_that_was_quiet_longest() -> None:
    watch = RepeatWatch()
    first = GrantKey("client", "first")  # type: ignore[arg-type] # any text
    assert [watch.count(first, 1) for _ in range(3)] == [False, False, False]
    for number in range(10_000):
        watch.count(GrantKey("client", str(number)), 1)  # type: ignore[arg-type] # any text
    assert watch.count(first, 1) is False


def test_a_cookie_and_its_hashes_have_nothing_in_common() -> None:
    cookie = cookie_from(bytes(range(32)))
    assert len(cookie) == 43
    session, browser = session_id_of(cookie), browser_hash_of(cookie)
    assert session is not None
    assert len({cookie, session, browser, sid_of(session)}) == 4


@pytest.mark.parametrize("cookie", [None, "", "short", "a" * 42, "a" * 44, "a" * 42 + "=", "ä" * 43])
def test_what_cannot_be_a_cookie_of_ours_names_no_session(cookie: str | None) -> None:
    assert session_id_of(cookie) is None
    assert browser_hash_of(cookie) is None


def test_sid_does_not_tell_the_session_id() -> None:
    assert sid_of(SessionId("s")) != "s" * 32


def test_the_subject_is_the_account_id_unless_the_operator_says_user_name() -> None:
    assert public_subject(ACCOUNT, POLICY) == "anna-id"
    assert public_subject(ACCOUNT, replace(POLICY, subject="user_name")) == "anna"


def test_facts_without_a_value_are_left_out() -> None:
    assert facts_of(ACCOUNT) == {"preferred_username": "anna"}
    full = replace(ACCOUNT, name="Anna", email="a@example.org", phone_number="1", phone_number_verified=True)
    assert facts_of(full) == {
        "name": "Anna",
        "preferred_username": "anna",
        "email": "a@example.org",
        "email_verified": False,
        "phone_number": "1",
        "phone_number_verified": True,
    }
