"""The pages that ask for a click: registering a device soon after the password, and consent."""

import pytest
from playwright.sync_api import Page, expect

from support_app import Instance
from support_browser import PageAt
from support_live_pages import heading_is, landed, press, sign_in
from support_process import ServerProcess
from support_remote_app import Landing, RemoteApp

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REGISTER = "Register this device"
QUESTION = "Register this device?"


@pytest.fixture(scope="module")
def instance(server: ServerProcess) -> Instance:
    return RemoteApp(server.base_url).new_instance()


@pytest.fixture
def careful(server: ServerProcess) -> Instance:
    """It asked that the person agrees; nobody did yet."""
    return RemoteApp(server.base_url).new_instance(requires_consent=True)


@pytest.fixture
def signed_in(app: RemoteApp, instance: Instance, landing: Landing, page_at: PageAt) -> Page:
    page = page_at(390, javascript=False)
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    sign_in(page)
    landed(page, landing)
    return page


def test_registering_soon_after_the_password_takes_one_click(app: RemoteApp, landing: Landing, signed_in: Page) -> None:
    signed_in.goto(app.dcr_url(landing.callback))
    heading_is(signed_in, QUESTION)
    facts = signed_in.locator("dl.facts")
    expect(facts).to_contain_text("Demo User")
    expect(facts).to_contain_text(f"127.0.0.1:{landing.port}")
    assert landing.queries == []
    press(signed_in, REGISTER)
    answer = app.redeem(landed(signed_in, landing)["code"], landing.callback)
    assert answer["scope"] == "dcr"
    assert app.register_with(answer["access_token"]).client_id


def test_prompt_login_asks_for_the_password_however_fresh_it_is(
    app: RemoteApp, landing: Landing, signed_in: Page
) -> None:
    signed_in.goto(app.dcr_url(landing.callback, prompt="login"))
    heading_is(signed_in, REGISTER)
    sign_in(signed_in)
    assert "code" in landed(signed_in, landing)


def test_registering_can_be_cancelled(app: RemoteApp, landing: Landing, signed_in: Page) -> None:
    signed_in.goto(app.dcr_url(landing.callback))
    press(signed_in, "Cancel")
    assert landed(signed_in, landing).keys() == {"error", "error_description", "state", "iss"}


def test_somebody_else_can_register_instead(app: RemoteApp, landing: Landing, signed_in: Page) -> None:
    signed_in.goto(app.dcr_url(landing.callback))
    press(signed_in, "Not you? Use another account")
    heading_is(signed_in, REGISTER)
    sign_in(signed_in, "admin")
    assert "code" in landed(signed_in, landing)


def test_a_question_to_somebody_who_is_no_longer_signed_in_is_out_of_date(
    app: RemoteApp, landing: Landing, signed_in: Page
) -> None:
    signed_in.goto(app.dcr_url(landing.callback))
    other_tab = signed_in.context.new_page()
    other_tab.goto(app.dcr_url(landing.callback, prompt="login"))
    sign_in(other_tab, "admin")
    landed(other_tab, landing)
    press(signed_in, REGISTER)
    heading_is(signed_in, "This page is out of date")
    assert landing.queries == []
    signed_in.get_by_role("link", name="Start again").click()
    heading_is(signed_in, QUESTION)
    expect(signed_in.locator("dl.facts")).to_contain_text("Demo Administrator")


def test_an_app_that_requires_consent_says_what_it_may_do_and_waits(
    app: RemoteApp, careful: Instance, landing: Landing, signed_in: Page
) -> None:
    signed_in.goto(app.authorize_url(careful.client_id, landing.callback))
    heading_is(signed_in, "Allow this app?")
    expect(signed_in.locator("dl.facts")).to_contain_text("Harbour Bank")
    expect(signed_in.get_by_role("listitem")).to_have_text(["Recognise you when you come back", "See your name"])
    assert landing.queries == []
    press(signed_in, "Allow")
    assert "code" in landed(signed_in, landing)


def test_consent_can_be_refused(app: RemoteApp, careful: Instance, landing: Landing, signed_in: Page) -> None:
    signed_in.goto(app.authorize_url(careful.client_id, landing.callback))
    press(signed_in, "Cancel")
    assert landed(signed_in, landing)["error"] == "access_denied"
