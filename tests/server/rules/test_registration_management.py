"""What an update of a registration may say, what it takes away, and what a tombstone keeps."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.registration_management import (
    READ_ONLY,
    check_replacement,
    check_update,
    narrows,
    tombstone,
)

ID = ClientId("phone")
OLD = ClientMetadata(
    redirect_uris=("io.example.app:/a", "io.example.app:/b"),
    scope=("openid", "profile"),
    grant_types=("authorization_code", "refresh_token"),
    instance_name="Anna's phone",
    contacts=("anna@example.com",),
    names={"client_name": "Demo"},
)


@pytest.mark.parametrize(
    ("document", "named"),
    [({"client_id": "phone", name: None}, name) for name in READ_ONLY]
    + [({}, "client_id"), ({"client_id": "other"}, "client_id"), ({"client_id": None}, "client_id")],
)
def test_g6_an_update_names_its_client_and_none_of_the_servers_members(document: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidClientMetadata, match=named):
        check_update(document, client_id=ID)


def test_any_other_member_is_for_the_registration_to_judge() -> None:
    check_update({"client_id": "phone", "status": "active"}, client_id=ID)


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [
        ("client_secret_basic", "client_secret_post", True),
        ("none", "none", True),
        ("client_secret_basic", "none", False),
        ("none", "client_secret_post", False),
    ],
)
def test_g6_a_secret_is_neither_given_up_nor_gained_by_an_update(before: str, after: str, *, fits: bool) -> None:
    old, new = (replace(OLD, token_endpoint_auth_method=method) for method in (before, after))
    if fits:
        check_replacement(old, new)
    else:
        with pytest.raises(InvalidClientMetadata, match="token_endpoint_auth_method"):
            check_replacement(old, new)


@pytest.mark.parametrize(
    ("changes", "narrower"),
    [
        ({}, False),
        ({"scope": ("openid", "profile", "email")}, False),
        ({"scope": ("profile", "openid")}, False),
        ({"names": {}, "instance_name": "", "access_token_ttl": 10}, False),
        ({"scope": ("openid",)}, True),
        ({"scope": ("openid", "email")}, True),
        ({"redirect_uris": ("io.example.app:/a",)}, True),
        ({"redirect_uris": ("io.example.app:/a", "io.example.app:/b", "io.example.app:/c")}, False),
        ({"grant_types": ("authorization_code",)}, True),
    ],
)
def test_an_update_is_narrower_when_it_takes_something_away(changes: dict[str, Any], *, narrower: bool) -> None:
    assert narrows(OLD, replace(OLD, **changes)) is narrower


SCOPES = st.lists(st.sampled_from(("openid", "profile", "email", "phone")), unique=True).map(tuple)


@given(before=SCOPES, after=SCOPES)
def test_whatever_is_not_narrower_holds_every_scope_of_before(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    assert narrows(replace(OLD, scope=before), replace(OLD, scope=after)) is bool(set(before) - set(after))


def test_a_tombstone_says_nothing_of_the_device_or_the_person() -> None:
    kept = tombstone(OLD)
    assert (kept.redirect_uris, kept.scope, kept.grant_types) == (OLD.redirect_uris, OLD.scope, OLD.grant_types)
    assert (kept.instance_name, kept.contacts, dict(kept.names)) == ("", (), {})
