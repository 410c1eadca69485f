"""The table of verdicts over refresh tokens."""

from dataclasses import replace
from typing import Any

import pytest

from keyfob_protocol.errors import InvalidScope
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.refresh import Refused, Repeat, Reused, Rotate, Verdict, judge, narrowed_scope
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
