"""Accounts, as an operator or an owner sees and changes them."""

import httpx
import pytest

from support_admin import ADMIN_BASE, AdminBrowser, add_account, an_administrator
from support_app import Keyfob
from support_sql import rows


@pytest.fixture
def owner(keyfob: Keyfob) -> AdminBrowser:
    return an_administrator(keyfob)


def change(browser: AdminBrowser, act: str, user_name: str, reason: str = "a try") -> httpx.Response:
    page = browser.get(f"/admin/account-changes?act={act}&user={user_name}")
    return page if page.status_code != 200 else browser.submit(page, reason=reason)


def status_of(keyfob: Keyfob, user_name: str) -> tuple[object, ...]:
    (found,) = rows(keyfob.database, "select status, generation from accounts where user_name = ?", user_name)
    return found


def test_accounts_are_listed_by_name_and_found_by_how_it_begins(keyfob: Keyfob, owner: AdminBrowser) -> None:
    add_account(keyfob, "zelda")
    page = owner.get("/admin/accounts")
    assert page.text.index("/admin/accounts/admin") < page.text.index("/admin/accounts/zelda")
    found = owner.get("/admin/accounts?text=ZEL")
    assert ("/admin/accounts/zelda" in found.text, "/admin/accounts/admin" in found.text) == (True, False)
    assert "Nobody was found" in owner.get("/admin/accounts?text=%25").text


def test_the_page_of_a_person_shows_their_instances_and_no_one_else_s(keyfob: Keyfob, owner: AdminBrowser) -> None:
    add_account(keyfob, "demouser2")
    instance = keyfob.new_instance(instance_name="Demo phone")
    assert instance.client_id in owner.get("/admin/accounts/demouser").text
    assert instance.client_id not in owner.get("/admin/accounts/demouser2").text


@pytest.mark.parametrize("user_name", ["nobody", "change", "%", "DEMOUSER"])
def test_nobody_of_that_name_is_404(owner: AdminBrowser, user_name: str) -> None:
    assert owner.get(f"/admin/accounts/{user_name}").status_code == 404


def test_a_disabled_account_is_out_everywhere_and_can_be_enabled_again(keyfob: Keyfob, owner: AdminBrowser) -> None:
    tokens = keyfob.tokens(keyfob.new_instance())
    answer = change(owner, "disable", "demouser", "left the company")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{ADMIN_BASE}/admin/accounts/demouser?done=disable",
    )
    assert "Disabled: all its sessions" in owner.get(answer.headers["location"]).text
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    assert change(owner, "enable", "demouser").status_code == 303
    assert status_of(keyfob, "demouser")[0] == "active"
    assert "left the company" in owner.get("/admin/accounts/demouser").text


def test_signing_out_everywhere_kills_what_was_issued_and_nothing_else(keyfob: Keyfob, owner: AdminBrowser) -> None:
    instance = keyfob.new_instance()
    tokens = keyfob.tokens(instance)
    assert change(owner, "sign_out", "demouser").status_code == 303
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    assert keyfob.userinfo(keyfob.tokens(instance).access_token).status_code == 200
    (told,) = rows(
        keyfob.database, "select actor, reason, origin from audit where event = 'account.signed_out_everywhere'"
    )
    assert told == ("admin page: admin", "a try", "127.0.0.1")


@pytest.mark.parametrize("act", ["disable", "enable", "sign_out"])
@pytest.mark.parametrize("role", ["support", "operator", "owner"])
def test_an_operator_changes_no_account_that_has_a_role(keyfob: Keyfob, act: str, role: str) -> None:
    by, of = f"op-{act}-{role}", f"x-{act}-{role}"
    add_account(keyfob, by, "operator")
    add_account(keyfob, of, role)
    operator = an_administrator(keyfob, by)
    before = status_of(keyfob, of)
    assert change(operator, act, of).status_code == 403
    page = operator.get("/admin/account-changes?act=disable&user=demouser")
    forged = operator.submit(page, act=act, user=of, reason="a try")
    assert forged.status_code == 403
    assert status_of(keyfob, of) == before
    assert "only an owner can change it" in operator.get(f"/admin/accounts/{of}").text


def test_an_owner_changes_those_of_others_and_nobody_their_own(keyfob: Keyfob) -> None:
    owner = an_administrator(keyfob)
    add_account(keyfob, "second-owner", "owner")
    assert change(owner, "disable", "second-owner").status_code == 303
    assert change(owner, "disable", "admin").status_code == 403
    assert status_of(keyfob, "admin")[0] == "active"


def test_j8_disabling_an_administrator_needs_the_password_again(keyfob: Keyfob) -> None:
    add_account(keyfob, "old-hand", "support")
    browser = an_administrator(keyfob)
    page = browser.get("/admin/account-changes?act=disable&user=old-hand")
    keyfob.clock.forward(301)
    assert browser.submit(page, reason="a try").status_code == 403
    assert status_of(keyfob, "old-hand")[0] == "active"
    assert 'name="password"' in browser.get("/admin/account-changes?act=disable&user=old-hand").text


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_without_a_reason_nothing_is_changed(keyfob: Keyfob, reason: str) -> None:
    owner, before = an_administrator(keyfob), status_of(keyfob, "demouser")
    assert change(owner, "disable", "demouser", reason).status_code == 422
    assert status_of(keyfob, "demouser") == before


@pytest.mark.parametrize(("act", "user_name"), [("delete", "demouser"), ("", "demouser"), ("disable", "nobody")])
def test_an_unknown_act_or_person_is_404(keyfob: Keyfob, act: str, user_name: str) -> None:
    assert change(an_administrator(keyfob), act, user_name).status_code == 404
