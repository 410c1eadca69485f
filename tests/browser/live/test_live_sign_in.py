"""Signing in at a running server, in Chromium."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from support_app import Instance
from support_browser import PageAt
from support_live_pages import heading_is, landed, sign_in
from support_process import ServerProcess
from support_remote_app import Landing, RemoteApp

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def instance(server: ServerProcess) -> Instance:
    return RemoteApp(server.base_url).new_instance()


def session_cookies(page: Page) -> list[str]:
    return [cookie["name"] for cookie in page.context.cookies() if "session" in cookie["name"]]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_wrong_password_is_told_and_the_right_one_leads_back_to_the_app(
    app: RemoteApp,
    instance: Instance,
    landing: Landing,
    page_at: PageAt,
    javascript: bool,  # noqa: FBT001 - a table's column
) -> None:
    page = page_at(390, javascript=javascript)
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    heading_is(page, "Sign in")
    sign_in(page, password="Password2")
    expect(page.get_by_role("alert")).to_have_text("User name or password is not right. Please try again.")
    expect(page.get_by_label("User name")).to_have_value("demouser")
    expect(page.get_by_label("Password")).to_have_value("")
    assert landing.queries == []
    assert session_cookies(page) == []
    sign_in(page)
    answer = landed(page, landing)
    assert answer.keys() == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("state-1", f"{app.base_url}/oauth/v2/oauth-anonymous")
    assert app.redeem(answer["code"], landing.callback, instance)["scope"] == "openid profile"


def test_the_keyboard_alone_is_enough_to_sign_in(
    app: RemoteApp, instance: Instance, landing: Landing, page_at: PageAt
) -> None:
    page = page_at()
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    expect(page.get_by_label("User name")).to_be_focused()
    for key in ("demouser", "Tab", "Password1", "Tab", "Enter"):
        if key in {"Tab", "Enter"}:
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)
    assert "code" in landed(page, landing)


def test_the_keyboard_alone_is_enough_to_cancel(
    app: RemoteApp, instance: Instance, landing: Landing, page_at: PageAt
) -> None:
    page = page_at()
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    expect(page.get_by_label("User name")).to_be_focused()
    for key in ("Tab", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    answer = landed(page, landing)
    assert (answer["error"], answer["state"]) == ("access_denied", "state-1")
    assert "code" not in answer
    assert session_cookies(page) == []


def test_the_second_authorization_asks_for_nothing(
    app: RemoteApp, instance: Instance, landing: Landing, server: ServerProcess, page_at: PageAt
) -> None:
    page = page_at()
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    sign_in(page)
    landed(page, landing)
    before = len(server.requests())
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    assert "code" in landed(page, landing)
    assert [(request.method, request.status) for request in server.requests()[before:]] == [("GET", 303)]


def test_the_form_of_another_tab_still_works_after_signing_in(
    app: RemoteApp, instance: Instance, landing: Landing, page_at: PageAt
) -> None:
    first = page_at()
    second = first.context.new_page()
    for page in (first, second):
        page.goto(app.authorize_url(instance.client_id, landing.callback))
    for page in (first, second):
        sign_in(page)
        assert "code" in landed(page, landing)


def test_a_form_that_lost_its_browser_cookie_signs_nobody_in_and_can_begin_again(
    app: RemoteApp, instance: Instance, landing: Landing, page_at: PageAt
) -> None:
    page = page_at()
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    page.context.clear_cookies()
    with page.expect_response(lambda response: response.request.method == "POST") as posted:
        sign_in(page)
    assert posted.value.status == 403
    heading_is(page, "This page is out of date")
    assert (landing.queries, session_cookies(page)) == ([], [])
    page.get_by_role("link", name="Start again").click()
    sign_in(page)
    assert "code" in landed(page, landing)


def test_another_account_is_told_that_the_app_is_not_its_own(
    app: RemoteApp, instance: Instance, landing: Landing, page_at: PageAt
) -> None:
    page = page_at()
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    sign_in(page, "admin")
    assert landed(page, landing)["error"] == "access_denied"


def test_an_app_that_is_not_known_gets_an_error_page_with_the_reference_of_its_answer(
    app: RemoteApp, landing: Landing, page_at: PageAt
) -> None:
    page = page_at()
    response = page.goto(app.authorize_url("nobody", landing.callback))
    assert response is not None
    assert response.status == 400
    heading_is(page, "Unknown app")
    expect(page.locator("footer")).to_contain_text(response.headers["x-request-id"])
    assert page.get_by_role("link").count() == 0
    assert landing.queries == []


def test_an_address_that_nobody_registered_is_never_shown_and_never_visited(
    app: RemoteApp, instance: Instance, page_at: PageAt
) -> None:
    page = page_at()
    response = page.goto(app.authorize_url(instance.client_id, "http://127.0.0.1/elsewhere"))
    assert response is not None
    assert response.status == 400
    heading_is(page, "This request cannot go on")
    assert "elsewhere" not in page.content()


def test_an_address_that_is_not_served_gets_a_page(server: ServerProcess, page_at: PageAt) -> None:
    page = page_at()
    response = page.goto(f"{server.base_url}/nothing")
    assert response is not None
    assert response.status == 404
    heading_is(page, "There is no page here")
    assert httpx.get(f"{server.base_url}/nothing").headers["content-type"].startswith("text/html")
