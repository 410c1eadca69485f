"""The tables of what a revocation request may end, and of what an introspection tells."""

from dataclasses import replace
from typing import Any

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.introspection import Asker, introspect_access
from keyfob_server.rules.revocation import LeaveAlone, RevokeAccess, RevokeGrant, judge_access, judge_refresh
from support_records import ACCESS, ACCOUNT, CLIENT, GRANT, LOADED, NOW, POLICY

OTHER = ClientId("other")


@pytest.mark.parametrize(
    ("client_id", "changes", "verdict"),
    [
        (CLIENT.client_id, {}, RevokeAccess(1)),
        (OTHER, {}, LeaveAlone("issued to another client")),
        (CLIENT.client_id, {"grant": None}, LeaveAlone("unknown grant")),
        (CLIENT.client_id, {"grant": replace(GRANT, access_generation=2)}, LeaveAlone("access revoked")),
        (CLIENT.client_id, {"now": NOW + 300}, LeaveAlone("expired")),
    ],
)
def test_a_live_access_token_of_the_client_itself_is_revoked(
    client_id: ClientId, changes: dict[str, Any], verdict: RevokeAccess | LeaveAlone
) -> None:
    assert judge_access(ACCESS, replace(LOADED, **changes), client_id=client_id) == verdict


@pytest.mark.parametrize(
    ("client_id", "status", "verdict"),
    [
        (CLIENT.client_id, "active", RevokeGrant()),
        (CLIENT.client_id, "revoked", LeaveAlone("grant not active")),
        (OTHER, "active", LeaveAlone("issued to another client")),
    ],
)
def test_a_refresh_token_of_the_client_itself_ends_its_grant(
    client_id: ClientId, status: str, verdict: RevokeGrant | LeaveAlone
) -> None:
    assert judge_refresh(replace(GRANT, status=status), client_id=client_id) == verdict


def test_a_client_is_told_of_its_own_live_access_token() -> None:
    told = introspect_access(ACCESS, LOADED, asker=Asker(CLIENT.client_id), subject="anna-id", policy=POLICY)
    assert told == {
        "active": True,
        "scope": "openid",
        "client_id": "phone",
        "username": "anna",
        "token_type": "Bearer",
        "exp": NOW + 300,
        "sub": "anna-id",
        "iss": POLICY.issuer,
    }


@pytest.mark.parametrize(
    ("client_id", "changes"),
    [
        (OTHER, {}),
        (CLIENT.client_id, {"account": None}),
        (CLIENT.client_id, {"account": replace(ACCOUNT, status="disabled")}),
        (CLIENT.client_id, {"client": replace(CLIENT, generation=9)}),
        (CLIENT.client_id, {"now": NOW + 300}),
    ],
)
def test_of_anything_else_nobody_is_told_more_than_that_it_is_not_active(
    client_id: ClientId, changes: dict[str, Any]
) -> None:
    loaded = replace(LOADED, **changes)
    told = introspect_access(ACCESS, loaded, asker=Asker(client_id), subject="anna-id", policy=POLICY)
    assert told == {"active": False}
