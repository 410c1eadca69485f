"""An administrator signs in at the public pages, and comes back to where they wanted to go, or not at all."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from keyfob_server.composition.server import Serving, admin_listener_app
from keyfob_server.rules.admin_client import ADMIN_CLIENT_ID
from keyfob_server.web.admin.guard import SIGN_IN
from keyfob_server.web.pages.render import DemoAccount, Pages
from keyfob_server.web.pages.views import SignInView
from support_admin import ADMIN_BASE, AdminBrowser, add_account, admin_app_of, an_administrator, form_token
from support_app import BASE, REDIRECT, TOKEN, Keyfob, basic
from support_sql import change, rows


def begun(browser: AdminBrowser, path: str = SIGN_IN) -> dict[str, str]:
    """The authorization request that the browser is sent on with."""
    location = browser.get(path, follow=False).headers["location"]
    assert location.startswith(f"{BASE}/oauth/v2/oauth-authorize?")
    return dict(parse_qsl(urlsplit(location).query))


def answer_to(browser: AdminBrowser, **changes: str) -> str:
    """Sign in; the address that the code comes back to."""
    request = begun(browser) | changes
    page = browser.get(f"{BASE}/oauth/v2/oauth-authorize?{urlencode(request)}")
    location: str = browser.submit(page, username="admin", password="Password1").headers["location"]
    return location


@pytest.fixture
def browser(keyfob: Keyfob) -> AdminBrowser:
    return AdminBrowser(keyfob, admin_app_of(keyfob))


def test_the_request_is_the_code_flow_with_pkce_state_and_a_bound_on_the_passwords_age(browser: AdminBrowser) -> None:
    request = begun(browser)
    assert len(request.pop("state")) > 100
    assert len(request.pop("code_challenge")) == 43
    assert request == {
        "response_type": "code",
        "client_id": "keyfob-admin",
        "redirect_uri": f"{ADMIN_BASE}/admin/callback",
        "scope": "openid",
        "code_challenge_method": "S256",
        "max_age": "900",
    }
    assert begun(browser, f"{SIGN_IN}?again=1")["max_age"] == "300"
    assert begun(browser, f"{SIGN_IN}?switch=1")["prompt"] == "select_account"


def test_j7_a_sign_in_and_a_sign_out_are_acts_of_the_audit_with_the_role_that_was_in_force(
    keyfob: Keyfob, browser: AdminBrowser
) -> None:
    add_account(keyfob, "sally", "support")
    change(keyfob.database, "update accounts set roles = 'owner' where user_name = 'sally'")
    page = browser.sign_in("sally")
    browser.post("/admin/sign-out", {"form_token": form_token(page)})
    text = "select event, subject_kind, actor, origin, before, after from audit where subject_id = 'sally' order by id"
    assert rows(keyfob.database, text)[1:] == [
        ("admin.signed_in", "account", "admin page: sally", "127.0.0.1", "", "owner"),
        ("admin.signed_out", "account", "admin page: sally", "127.0.0.1", "", ""),
    ]
    again = browser.post("/admin/sign-out", {"form_token": form_token(page)})
    assert again.status_code == 403
    assert len(rows(keyfob.database, text)) == 3


@pytest.mark.parametrize(
    "path", ["/admin/instances?by=name&text=a%20b", "/admin/accounts/demouser", "/admin/registration"]
)
def test_whoever_asked_for_a_page_gets_it_after_the_sign_in(browser: AdminBrowser, path: str) -> None:
    page = browser.sign_in(path=path)
    assert (page.status_code, str(page.url)) == (200, ADMIN_BASE + path)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/admin.evil.example", "/admin/\\evil", "/oauth", "", "/admin\n/x"],
)
def test_nobody_is_sent_anywhere_but_to_the_admin_pages(browser: AdminBrowser, elsewhere: str) -> None:
    page = browser.sign_in(path=f"{SIGN_IN}?{urlencode({'return_to': elsewhere})}")
    assert str(page.url) == f"{ADMIN_BASE}/admin/instances"


def test_a_code_signs_in_once(keyfob: Keyfob, browser: AdminBrowser) -> None:
    callback = answer_to(browser)
    cookies = dict(browser.cookies)
    assert browser.get(callback, follow=False).status_code == 303
    again = AdminBrowser(keyfob, browser.app, cookies)
    assert again.get(callback).status_code == 403
    assert "keyfob-admin" not in again.cookies


def test_an_answer_signs_in_nobody_in_another_browser(keyfob: Keyfob, browser: AdminBrowser) -> None:
    callback = answer_to(browser)
    other = AdminBrowser(keyfob, browser.app)
    assert other.get(callback).status_code == 403
    begun(other)
    assert other.get(callback).status_code == 403
    assert "keyfob-admin" not in other.cookies


@pytest.mark.parametrize(
    "change",
    [
        {"state": "x"},
        {"state": ""},
        {"code": "x"},
        {"code": ""},
        {"iss": "https://evil.example"},
        {"iss": ""},
        {"error": "server_error"},
    ],
    ids=str,
)
def test_an_answer_that_was_changed_signs_in_nobody(browser: AdminBrowser, change: dict[str, str]) -> None:
    parts = urlsplit(answer_to(browser))
    answer = dict(parse_qsl(parts.query)) | change
    page = browser.get(f"{ADMIN_BASE}/admin/callback?{urlencode(answer)}")
    assert (page.status_code, "Sign-in did not work" in page.text) == (403, True)
    assert "keyfob-admin" not in browser.cookies


def test_a_sign_in_that_took_more_than_ten_minutes_is_begun_again(keyfob: Keyfob, browser: AdminBrowser) -> None:
    page = browser.get("/admin")
    keyfob.clock.forward(601)
    location = browser.submit(page, username="admin", password="Password1").headers["location"]
    assert browser.get(location).status_code == 403


def test_whoever_cancels_is_told_so(browser: AdminBrowser) -> None:
    page = browser.get("/admin")
    answer = browser.submit(page, cancel="1")
    told = browser.get(answer.headers["location"])
    assert (told.status_code, "You chose not to sign in" in told.text) == (403, True)


@pytest.mark.parametrize("how", ["none", "secret", "basic"])
def test_nobody_redeems_a_code_of_the_admin_pages_at_the_token_endpoint(
    keyfob: Keyfob, browser: AdminBrowser, how: str
) -> None:
    code = dict(parse_qsl(urlsplit(answer_to(browser)).query))["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": ADMIN_CLIENT_ID,
        "code": code,
        "redirect_uri": f"{ADMIN_BASE}/admin/callback",
        "code_verifier": "v" * 43,
    }
    if how == "secret":
        form["client_secret"] = "x"
    headers = basic(ADMIN_CLIENT_ID, "x") if how == "basic" else {}
    answer = keyfob.request("POST", TOKEN, data=form, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_sign_in_leaves_no_grant_that_lives(keyfob: Keyfob, browser: AdminBrowser) -> None:
    browser.sign_in()
    found = rows(keyfob.database, "select status from delegations where client_id = 'keyfob-admin'")
    assert set(found) == {("revoked",)}


def test_the_client_of_the_admin_pages_sends_codes_nowhere_else(browser: AdminBrowser) -> None:
    for uri in (
        REDIRECT,
        f"{ADMIN_BASE}/admin/callback/",
        f"{BASE}/admin/callback",
        "http://127.0.0.1:1/admin/callback",
    ):
        request = begun(browser) | {"redirect_uri": uri}
        page = browser.get(f"{BASE}/oauth/v2/oauth-authorize?{urlencode(request)}")
        assert (page.status_code, "location" in page.headers) == (400, False)


def test_the_cookies_are_for_http_alone_and_of_this_site(browser: AdminBrowser) -> None:
    browser.sign_in()
    (session,) = [line for line in browser.lines if line.startswith("keyfob-admin=")]
    assert set(session.split("; ")[1:]) == {"Path=/", "HttpOnly", "SameSite=Strict"}
    begun_with, ended_with = [line for line in browser.lines if line.startswith("keyfob-admin-sign-in=")]
    assert set(begun_with.split("; ")[1:]) == {"Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=600"}
    assert ended_with == "keyfob-admin-sign-in=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"


def test_no_cookie_lies_in_the_database_and_no_form_token_either(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob)
    keyfob.run(keyfob.installation.store.ping())
    stored = b"".join(
        path.read_bytes() for path in keyfob.database.parent.iterdir() if path.name.startswith(keyfob.database.name)
    )
    assert b"keyfob-admin" in stored
    assert browser.cookies["keyfob-admin"].encode() not in stored


def test_where_a_network_would_carry_passwords_in_plain_http_there_are_no_pages(keyfob: Keyfob) -> None:

    installation = replace(keyfob.installation, settings=replace(keyfob.installation.settings, admin_host="192.0.2.1"))
    app = admin_listener_app(installation, Serving())
    browser = AdminBrowser(keyfob, app)  # type: ignore[arg-type] # another app of the same kind
    page = browser.get("/admin")
    assert (page.status_code, "The admin pages are off" in page.text) == (403, True)
    assert browser.get("/health/live").status_code == 200
    assert browser.get("/admin/instances").status_code == 404


def test_the_demo_tells_the_administrator_s_name_to_whoever_wants_the_admin_pages(keyfob: Keyfob) -> None:
    pages = Pages(https=False, demo=DemoAccount("demouser", "Password1", "admin"))
    view = SignInView(app_name="x", action="/", state="x", administrating=True)
    shown = bytes(pages.render(view).body).decode()
    assert ("<code>admin</code>" in shown, "<code>demouser</code>" in shown) == (True, False)
    assert "Keyfob administration" in AdminBrowser(keyfob, admin_app_of(keyfob)).get("/admin").text
