"""No form of the admin pages is believed that another site, another session or nobody sent; danger needs a password."""

from typing import Final

import httpx
import pytest

from keyfob_protocol.parameters import encode_parameters
from keyfob_server.rules.administrators import RECENT_PASSWORD_S
from support_admin import (
    ADMIN_BASE,
    AdminBrowser,
    add_account,
    admin_app_of,
    an_administrator,
    form_token,
    forms_of,
)
from support_app import Instance, Keyfob
from support_sql import records, rows

PLAUSIBLE: Final = {"act": "disable", "user": "demouser", "reason": "a try", "enabled": "1", "authenticate": "user"}
FOREIGN: Final = (
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
    {"sec_fetch_site": "none"},
    {"sec_fetch_site": ""},
    {"origin": "https://evil.example"},
    {"origin": "http://127.0.0.1:8443"},
    {"origin": "http://127.0.0.1:6749.evil.example"},
)


def posts(browser: AdminBrowser) -> list[str]:
    """Every address that takes a form, from the router's own table."""
    return [route.path.replace("{template_id}", "x") for route in browser.app.table if route.method == "POST"]


def settings_of(keyfob: Keyfob) -> object:
    return records(keyfob.database), rows(keyfob.database, "select name, value from settings order by 1")


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "other session", "not ascii: \u00e9", "twice"])
def test_j2_a_form_without_the_token_of_its_session_changes_nothing(keyfob: Keyfob, token: str) -> None:
    browser = an_administrator(keyfob)
    sent = token
    if token == "other session":
        sent = form_token(an_administrator(keyfob).get("/admin/instances"))
    before = settings_of(keyfob)
    for path in posts(browser):
        pairs = [*PLAUSIBLE.items(), ("form_token", sent)]
        if token == "twice":
            right = form_token(browser.get("/admin/instances"))
            pairs = [*PLAUSIBLE.items(), ("form_token", right), ("form_token", right)]
        assert (path, browser.post(path, pairs).status_code) == (path, 403)
    assert settings_of(keyfob) == before
    assert browser.get("/admin/instances", follow=False).status_code == 200


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_j2_a_form_that_another_site_sent_changes_nothing_though_its_token_is_right(
    keyfob: Keyfob, headers: dict[str, str]
) -> None:
    browser = an_administrator(keyfob)
    token = form_token(browser.get("/admin/instances"))
    before = settings_of(keyfob)
    for path in posts(browser):
        answer = browser.post(path, PLAUSIBLE | {"form_token": token}, **headers)
        assert (path, answer.status_code) == (path, 403)
    assert settings_of(keyfob) == before


def test_j2_the_same_form_of_our_own_page_is_taken(keyfob: Keyfob) -> None:
    add_account(keyfob, "a-victim")
    browser = an_administrator(keyfob)
    token = form_token(browser.get("/admin/instances"))
    form = PLAUSIBLE | {"user": "a-victim", "form_token": token}
    assert browser.post("/admin/account-changes", form, sec_fetch_site="same-origin").status_code == 303
    assert rows(keyfob.database, "select status from accounts where user_name = 'a-victim'") == [("inactive",)]


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "multipart/form-data; boundary=x"])
def test_j2_what_is_no_form_is_refused(keyfob: Keyfob, content_type: str) -> None:
    browser = an_administrator(keyfob)
    for path in posts(browser):
        answer = browser.post(path, PLAUSIBLE, content_type=content_type)
        assert (path, answer.status_code) == (path, 400)


def test_j2_nothing_changes_by_get(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob)
    token = form_token(browser.get("/admin/instances"))
    instance = keyfob.new_instance()
    before = settings_of(keyfob)
    asked = encode_parameters([*PLAUSIBLE.items(), ("form_token", token), ("id", instance.client_id)])
    for route in browser.app.table:
        path = route.path.replace("{client_id}", instance.client_id).replace("{user_name}", "demouser")
        browser.get(f"{path}?{asked}", follow=False)
    assert settings_of(keyfob) == before


def chosen(act: str, *instances: Instance) -> str:
    return "/admin/instances/change?" + encode_parameters(
        [("act", act), *(("id", instance.client_id) for instance in instances)]
    )


def test_j8_revoking_many_needs_the_password_again_when_it_was_given_more_than_five_minutes_ago(
    keyfob: Keyfob,
) -> None:
    browser = an_administrator(keyfob)
    two = keyfob.new_instance(), keyfob.new_instance()
    page = browser.get(chosen("revoke", *two))
    assert page.status_code == 200
    keyfob.clock.forward(RECENT_PASSWORD_S + 1)
    late = browser.submit(page, reason="stolen")
    assert (late.status_code, "Give your password again" in late.text) == (403, True)
    assert statuses(keyfob, *two) == {"active"}
    asked = browser.get(_link(late))
    assert 'name="password"' in asked.text
    again = browser.submit(asked, username="admin", password="Password1")
    page = browser.get(again.headers["location"])
    assert page.text.count("Revoke 2 instances for ever?") == 2
    assert browser.submit(page, reason="stolen").status_code == 200
    assert statuses(keyfob, *two) == {"revoked"}


def test_j8_the_page_before_it_asks_for_the_password_by_itself(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob)
    two = keyfob.new_instance(), keyfob.new_instance()
    keyfob.clock.forward(RECENT_PASSWORD_S + 1)
    assert 'name="password"' in browser.get(chosen("revoke", *two)).text
    assert browser.get(chosen("revoke", two[0])).status_code == 200
    assert browser.get(chosen("suspend", *two)).status_code == 200


def test_j8_a_session_ends_after_fifteen_minutes_without_a_request_and_after_eight_hours_with(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob)
    for _ in range(3):
        keyfob.clock.forward(899)
        assert browser.get("/admin/instances", follow=False).status_code == 200
    keyfob.clock.forward(900)
    assert browser.get("/admin/instances", follow=False).status_code == 303
    busy = an_administrator(keyfob)
    for _ in range(8 * 3600 // 800 - 1):
        keyfob.clock.forward(800)
        assert busy.get("/admin/instances", follow=False).status_code == 200
    keyfob.clock.forward(800)
    assert busy.get("/admin/instances", follow=False).status_code == 303


def test_j8_single_sign_on_lets_nobody_back_in_who_was_away_for_longer(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob)
    keyfob.clock.forward(901)
    assert 'name="password"' in browser.get("/admin/instances").text


def test_j8_signing_out_ends_the_session_and_not_the_cookie_alone(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob)
    kept = dict(browser.cookies)
    token = form_token(browser.get("/admin/instances"))
    assert browser.post("/admin/sign-out", {"form_token": token}).status_code == 200
    assert "keyfob-admin" not in browser.cookies
    thief = AdminBrowser(keyfob, admin_app_of(keyfob), {"keyfob-admin": kept["keyfob-admin"]})
    assert thief.get("/admin/instances", follow=False).status_code == 303


def test_j8_whoever_comes_after_a_sign_out_gives_a_password_though_single_sign_on_knows_the_browser(
    keyfob: Keyfob,
) -> None:
    browser = an_administrator(keyfob)
    browser.post("/admin/sign-out", {"form_token": form_token(browser.get("/admin/instances"))})
    page = browser.get("/admin/instances")
    assert 'name="password"' in page.text
    answer = browser.submit(page, username="admin", password="Password1")
    assert browser.get(answer.headers["location"]).status_code == 200
    assert "keyfob-admin-out" not in browser.cookies


def test_j8_giving_the_password_again_makes_a_new_session_and_ends_the_one_before(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob)
    kept = dict(browser.cookies)
    assert browser.get("/admin/sign-in?again=1&return_to=/admin/accounts").url.path == "/admin/accounts"
    assert browser.cookies["keyfob-admin"] != kept["keyfob-admin"]
    assert AdminBrowser(keyfob, browser.app, kept).get("/admin", follow=False).status_code == 303


def statuses(keyfob: Keyfob, *instances: Instance) -> set[object]:
    found = rows(keyfob.database, "select client_id, status from dynamically_registered_clients")
    return {status for client_id, status in found if client_id in {one.client_id for one in instances}}


def _link(page: httpx.Response) -> str:
    found = page.text.partition('<a class="button" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert found.startswith("/admin/sign-in?")
    assert forms_of(page) == []
    return ADMIN_BASE + found
