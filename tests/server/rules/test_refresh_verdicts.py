"""The table of verdicts over refresh tokens."""

from dataclasses import replace
from typing import Any

import pytest

from keyfob_protocol.errors import InvalidScope
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.refresh import CatchUp, Refused, Repeat, Reused, Rotate, Verdict, judge, narrowed_scope
from support_records import ACCOUNT, CLIENT, GRANT, LOADED, NOW

WINDOW, IDLE = 20, 3600


@pytest.mark.parametrize(
    ("presented", "grant_changes", "loaded_changes", "verdict"),
    [
        (5, {}, {}, Rotate(6)),
        (4, {"rotated_at": NOW}, {}, Repeat(5)),
        (4, {"rotated_at": NOW - WINDOW}, {}, Repeat(5)),
        (4, {"rotated_at": NOW - WINDOW - 1}, {}, Reused("late")),
        (3, {"rotated_at": NOW}, {}, Reused("old")),
        (0, {}, {}, Reused("old")),
        (6, {}, {}, Reused("ahead")),
        (99, {}, {}, Reused("ahead")),
        (5, {"status": "revoked"}, {}, Refused("grant not active")),
        (3, {"status": "revoked"}, {}, Refused("grant not active")),
        (5, {"expires": NOW}, {}, Refused("expired")),
        (5, {"expires": NOW + 1}, {}, Rotate(6)),
        (5, {"rotated_at": NOW - IDLE}, {}, Refused("expired")),
        (5, {"rotated_at": NOW - IDLE + 1}, {}, Rotate(6)),
        (5, {}, {"client": replace(CLIENT, generation=9)}, Refused("client changed")),
        (5, {}, {"account": replace(ACCOUNT, generation=9)}, Refused("account changed")),
        (3, {}, {"account": replace(ACCOUNT, status="disabled")}, Refused("account not active")),
    ],
)
def test_each_counter_has_its_verdict(
    presented: int, grant_changes: dict[str, Any], loaded_changes: dict[str, Any], verdict: Verdict
) -> None:
    grant = replace(GRANT, **grant_changes)
    loaded = replace(LOADED, grant=grant, **loaded_changes)
    found = judge(loaded, grant, client_id=CLIENT.client_id, presented=presented, idle_s=IDLE, repeat_window_s=WINDOW)
    assert found == verdict


@pytest.mark.parametrize(
    ("presented", "rotated_at", "restored_at", "verdict"),
    [
        (6, NOW - 100, NOW - 50, CatchUp(7)),
        (99, NOW - 100, NOW - 50, CatchUp(100)),
        (6, NOW - 100, 0, Reused("ahead")),
        # The counter was moved by the restored database: a second token from before the restore is an alarm.
        (6, NOW - 50, NOW - 50, Reused("ahead")),
        (6, NOW - 10, NOW - 50, Reused("ahead")),
        (5, NOW - 100, NOW - 50, Rotate(6)),
        (4, NOW - 100, NOW - 50, Reused("late")),
        (3, NOW - 100, NOW - 50, Reused("old")),
        (6, NOW - IDLE, NOW - 50, Refused("expired")),
    ],
)
def test_after_a_declared_restore_a_token_that_is_ahead_is_accepted_once(
    presented: int, rotated_at: int, restored_at: int, verdict: Verdict
) -> None:
    grant = replace(GRANT, rotated_at=rotated_at)
    loaded = replace(LOADED, grant=grant)
    assert verdict == judge(
        loaded,
        grant,
        client_id=CLIENT.client_id,
        presented=presented,
        idle_s=IDLE,
        repeat_window_s=WINDOW,
        restored_at=restored_at,
    )


def test_a_restore_forgives_nothing_of_a_dead_grant_or_a_foreign_client() -> None:
    grant = replace(GRANT, rotated_at=NOW - 100, status="revoked")
    for client_id, verdict in ((CLIENT.client_id, Refused("grant not active")), (ClientId("thief"), Reused("foreign"))):
        found = judge(
            replace(LOADED, grant=grant),
            grant,
            client_id=client_id,
            presented=6,
            idle_s=IDLE,
            repeat_window_s=WINDOW,
            restored_at=NOW,
        )
        assert found == verdict


def test_a_right_token_with_other_credentials_revokes() -> None:
    found = judge(LOADED, GRANT, client_id=ClientId("thief"), presented=5, idle_s=IDLE, repeat_window_s=WINDOW)
    assert found == Reused("foreign")


@pytest.mark.parametrize(
    ("asked", "scope"),
    [((), ("openid", "profile")), (("profile",), ("profile",)), (("openid", "profile"), ("openid", "profile"))],
)
def test_a_refresh_may_narrow_the_scope(asked: tuple[str, ...], scope: tuple[str, ...]) -> None:
    assert narrowed_scope(GRANT.scope, asked) == scope


def test_e5_a_refresh_never_widens_the_scope() -> None:
    with pytest.raises(InvalidScope, match="not granted: email"):
        narrowed_scope(GRANT.scope, ("openid", "email"))
