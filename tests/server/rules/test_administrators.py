"""Who may use the admin pages, whom they may change, and where a sign-in may end."""

from dataclasses import replace

import pytest

from keyfob_server.rules.admin_sign_in import AdminSignInClaims, own_return
from keyfob_server.rules.administrators import (
    ROLES,
    Administrator,
    NoRole,
    Role,
    administrator_of,
    includes,
    refusal_to_change,
    role_of,
)
from keyfob_server.rules.records import Account, Loaded
from keyfob_server.rules.sessions import admin_session_id_of, form_token_of, session_id_of, sign_in_hash_of
from support_records import ACCOUNT, NOW, SESSION

COOKIE = "c" * 43


def account(*roles: str, user_name: str = "anna") -> Account:
    return replace(ACCOUNT, id=type(ACCOUNT.id)(user_name), user_name=user_name, roles=roles)


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((), None),
        (("support",), "support"),
        (("owner", "support"), "owner"),
        (("operator", "support"), "operator"),
        (("Owner", "administrator", "root", ""), None),
    ],
)
def test_the_highest_role_counts_and_what_is_none_counts_for_nothing(
    roles: tuple[str, ...], expected: Role | None
) -> None:
    assert role_of(account(*roles)) == expected


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("minimum", ROLES)
def test_each_role_may_what_those_before_it_may(role: Role, minimum: Role) -> None:
    assert includes(role, minimum) is (ROLES.index(role) >= ROLES.index(minimum))


@pytest.mark.parametrize(
    ("changes", "idle"),
    [({}, 901), ({"status": "ended"}, 0), ({"expires": NOW}, 0), ({"account_generation": 2}, 0)],
    ids=str,
)
def test_a_session_that_is_over_makes_nobody_an_administrator(changes: dict[str, object], idle: int) -> None:
    fresh = replace(SESSION, seen_at=NOW, account_id=ACCOUNT.id)
    owner = replace(ACCOUNT, roles=("owner",))
    assert isinstance(administrator_of(Loaded(NOW, account=owner, session=fresh)), Administrator)
    assert isinstance(administrator_of(Loaded(NOW, account=ACCOUNT, session=fresh)), NoRole)
    over = replace(fresh, seen_at=NOW - idle, **changes)  # type: ignore[arg-type] # fields of the dataclass by name
    assert administrator_of(Loaded(NOW, account=owner, session=over)) is None
    assert administrator_of(Loaded(NOW)) is None


def test_the_password_is_recent_for_five_minutes() -> None:
    given = replace(SESSION.authentication, auth_time=NOW)
    administrator = Administrator(ACCOUNT, "owner", replace(SESSION, authentication=given))
    assert [administrator.has_recent_password(NOW + age) for age in (0, 300, 301)] == [True, True, False]


@pytest.mark.parametrize("by", ["operator", "owner"])
@pytest.mark.parametrize("of", ["", *ROLES])
def test_only_an_owner_changes_whoever_has_a_role(by: Role, of: str) -> None:
    administrator = Administrator(account(by), by, SESSION)
    refusal = refusal_to_change(administrator, account(*of.split(), user_name="ben"))
    assert (refusal is None) is (by == "owner" or not of)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_changes_their_own_account(role: Role) -> None:
    assert refusal_to_change(Administrator(account(role), role, SESSION), account(role)) is not None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/admin", "/admin"),
        ("/admin?x=1", "/admin?x=1"),
        ("/admin/instances/1?x=//y", "/admin/instances/1?x=//y"),
        ("/administration", "/admin"),
        ("//evil.example", "/admin"),
        ("/admin\\evil", "/admin"),
        ("/admin/\n", "/admin"),
        ("https://evil.example/admin/", "/admin"),
        ("/admin/\u00e9", "/admin"),
        ("", "/admin"),
    ],
)
def test_a_sign_in_ends_at_the_admin_pages(path: str, expected: str) -> None:
    assert own_return(path) == expected


def test_the_state_of_a_sign_in_is_read_as_it_was_written() -> None:
    claims = AdminSignInClaims("hash", '/admin?a="\u00e9', NOW, NOW - 900)
    assert AdminSignInClaims.decode(claims.encode()) == claims


def test_one_cookie_stands_for_four_different_things_and_none_leads_to_another() -> None:
    found = {session_id_of(COOKIE), admin_session_id_of(COOKIE), form_token_of(COOKIE), sign_in_hash_of(COOKIE)}
    assert len(found) == 4
    assert COOKIE not in str(found)


@pytest.mark.parametrize("cookie", [None, "", "c" * 42, "c" * 44, "c" * 42 + "=", "\u00e9" * 43])
def test_what_is_no_cookie_of_ours_names_no_session(cookie: str | None) -> None:
    assert (admin_session_id_of(cookie), sign_in_hash_of(cookie)) == (None, None)
