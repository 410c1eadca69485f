"""Signing out at a running server, in Chromium."""

import pytest
from playwright.sync_api import Page, expect

from support_app import Instance
from support_browser import PageAt
from support_live_pages import heading_is, landed, press, sign_in
from support_process import ServerProcess
from support_remote_app import Landing, RemoteApp

pytestmark = [pytest.mark.browser, pytest.mark.slow]
QUESTION = "Sign out of Keyfob in this browser?"


@pytest.fixture(scope="module")
def instance(server: ServerProcess) -> Instance:
    return RemoteApp(server.base_url).new_instance()


@pytest.fixture
def signed_in(app: RemoteApp, instance: Instance, landing: Landing, page_at: PageAt) -> tuple[Page, str]:
    """A page, and the ID token of its session."""
    page = page_at()
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    sign_in(page)
    code = landed(page, landing)["code"]
    return page, app.redeem(code, landing.callback, instance)["id_token"]


def test_an_app_with_its_id_token_signs_out_without_a_question(
    app: RemoteApp, instance: Instance, landing: Landing, signed_in: tuple[Page, str]
) -> None:
    page, id_token = signed_in
    page.goto(app.logout_url(id_token_hint=id_token, post_logout_redirect_uri=landing.logout_callback, state="state-2"))
    assert landed(page, landing) == {"state": "state-2"}
    assert [cookie for cookie in page.context.cookies() if "session" in cookie["name"]] == []
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    heading_is(page, "Sign in")


def test_without_an_id_token_the_person_is_asked_and_may_stay(
    app: RemoteApp, instance: Instance, landing: Landing, signed_in: tuple[Page, str]
) -> None:
    page, _ = signed_in
    page.goto(app.logout_url())
    heading_is(page, QUESTION)
    expect(page.locator("main")).to_contain_text("Demo User")
    press(page, "Stay signed in")
    heading_is(page, "You are still signed in")
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    assert "code" in landed(page, landing)


def test_after_a_yes_the_browser_goes_back_to_the_app_that_asked(
    app: RemoteApp, instance: Instance, landing: Landing, signed_in: tuple[Page, str]
) -> None:
    page, _ = signed_in
    page.goto(
        app.logout_url(client_id=instance.client_id, post_logout_redirect_uri=landing.logout_callback, state="state-3")
    )
    heading_is(page, QUESTION)
    assert landing.queries == []
    press(page, "Sign out")
    assert landed(page, landing) == {"state": "state-3"}


def test_h13_the_back_button_after_signing_out_shows_nobodys_page(
    app: RemoteApp, landing: Landing, signed_in: tuple[Page, str]
) -> None:
    page, _ = signed_in
    page.goto(app.dcr_url(landing.callback))
    expect(page.locator("main")).to_contain_text("Demo User")
    page.goto(app.logout_url())
    expect(page.locator("main")).to_contain_text("Demo User")
    press(page, "Sign out")
    heading_is(page, "You are signed out")
    page.go_back()
    heading_is(page, "You are signed out")
    assert "Demo User" not in page.content()
    page.go_back()
    heading_is(page, "Register this device")
    expect(page.get_by_label("Password")).to_be_visible()
    assert "Demo User" not in page.content()
    page.go_forward()
    assert "Demo User" not in page.content()
