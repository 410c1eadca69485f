"""One liveness check over the rows, whatever was presented."""

from dataclasses import replace
from typing import Any

import pytest

from keyfob_protocol.identifiers import AccountId
from keyfob_server.rules.liveness import (
    client_status,
    death_of_access,
    death_of_grant,
    is_use_to_be_noted,
    live_session,
)
from support_records import ACCESS, ACCOUNT, CLIENT, GRANT, LOADED, NOW, SESSION


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("active", None),
        ("inactive", "inactive"),
        ("revoked", "revoked"),
        ("deleted", "deleted"),
        ("expired", "expired"),
        ("Active", "inactive"),
        ("", "inactive"),
        ("blocked by hand", "inactive"),
    ],
)
def test_any_text_but_active_is_dead_and_unknown_text_counts_as_inactive(status: str, told: str | None) -> None:
    assert client_status(replace(CLIENT, status=status)) == told


def test_an_access_token_lives_while_every_row_is_as_it_was() -> None:
    assert death_of_access(ACCESS, LOADED) is None


@pytest.mark.parametrize(
    ("changes", "death"),
    [
        ({"now": NOW + 300}, "expired"),
        ({"grant": None}, "unknown grant"),
        ({"grant": replace(GRANT, status="revoked")}, "grant not active"),
        ({"grant": replace(GRANT, generation=2)}, "grant changed"),
        ({"grant": replace(GRANT, access_generation=2)}, "access revoked"),
        ({"client": None}, "unknown client"),
        ({"client": replace(CLIENT, status="inactive")}, "client not active"),
        ({"client": replace(CLIENT, generation=4)}, "client changed"),
        ({"account": None}, "unknown account"),
        ({"account": replace(ACCOUNT, status="disabled")}, "account not active"),
        ({"account": replace(ACCOUNT, generation=2)}, "account changed"),
    ],
)
def test_an_access_token_dies_with_each_of_its_rows(changes: dict[str, Any], death: str) -> None:
    assert death_of_access(ACCESS, replace(LOADED, **changes)) == death


@pytest.mark.parametrize(
    ("changes", "death"),
    [
        ({}, None),
        ({"grant": None}, "unknown grant"),
        ({"grant": replace(GRANT, status="revoked")}, "grant not active"),
        ({"client": replace(CLIENT, generation=9)}, "client changed"),
        ({"account": replace(ACCOUNT, generation=9)}, "account changed"),
    ],
)
def test_a_grant_dies_with_its_parties(changes: dict[str, Any], death: str | None) -> None:
    loaded = replace(LOADED, **changes)
    assert death_of_grant(loaded.grant, loaded) == death


def test_a_session_lives_with_its_account() -> None:
    live = live_session(LOADED, idle_s=3600)
    assert live is not None
    assert live.account == ACCOUNT


@pytest.mark.parametrize(
    "changes",
    [
        {"session": None},
        {"account": None},
        {"session": replace(SESSION, status="ended")},
        {"session": replace(SESSION, expires=NOW)},
        {"session": replace(SESSION, seen_at=NOW - 3600)},
        {"session": replace(SESSION, account_generation=2)},
        {"account": replace(ACCOUNT, status="disabled")},
        {"account": replace(ACCOUNT, id=AccountId("someone-else"))},
    ],
)
def test_a_session_is_dead_when_ended_idle_old_or_its_account_changed(changes: dict[str, Any]) -> None:
    assert live_session(replace(LOADED, **changes), idle_s=3600) is None


@pytest.mark.parametrize(("idle_s", "coarse_s"), [(8 * 3600, 300), (3000, 300), (60, 6)])
def test_a_use_is_noted_coarsely_and_long_before_the_session_counts_as_idle(idle_s: int, coarse_s: int) -> None:
    live = live_session(LOADED, idle_s=3600)
    assert live is not None
    seen_at = live.session.seen_at
    assert not is_use_to_be_noted(live, idle_s=idle_s, now=seen_at + coarse_s - 1)
    assert is_use_to_be_noted(live, idle_s=idle_s, now=seen_at + coarse_s)
