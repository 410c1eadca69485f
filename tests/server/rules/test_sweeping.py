from dataclasses import replace

from keyfob_server.rules.policy import Policy
from keyfob_server.rules.sweeping import DAY, LONGEST_INITIAL_TOKEN_S, deadlines

POLICY = Policy(base_url="https://id.example")
NOW = 10**9


def test_a_dead_grant_stays_until_its_code_and_its_access_tokens_are_dead_too() -> None:
    due = deadlines(replace(POLICY, code_lifetime_s=600, access_token_lifetime_s=60), NOW)
    assert due.dead_grants <= NOW - 600 - 600
    due = deadlines(replace(POLICY, code_lifetime_s=60, access_token_lifetime_s=3600), NOW)
    assert due.dead_grants <= NOW - 3600 - 600


def test_an_initial_tokens_grant_stays_until_the_token_is_dead() -> None:
    due = deadlines(replace(POLICY, initial_token_lifetime_s=90 * DAY), NOW)
    assert due.initial_grants < NOW - 90 * DAY


def test_no_instances_row_goes_before_its_initial_token_can_have_ended_whatever_is_set() -> None:
    due = deadlines(replace(POLICY, tombstone_s=0), NOW)
    assert due.tombstones < NOW - LONGEST_INITIAL_TOKEN_S


def test_idle_and_never_used_are_what_is_set() -> None:
    due = deadlines(replace(POLICY, instance_never_used_s=10, instance_idle_s=20), NOW)
    assert (due.never_used, due.idle) == (NOW - 10, NOW - 20)
