"""A person takes back what they allowed an app, at a running server, in Chromium, by the keyboard alone."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from support_browser import PageAt, axe_findings_in_light_and_dark
from support_live_pages import heading_is, landed, press, sign_in
from support_process import ServerProcess
from support_remote_app import Landing, RemoteApp
from support_wire import TOKEN, basic

pytestmark = [pytest.mark.browser, pytest.mark.slow]
_MOST_KEYS = 30


def tab_to(page: Page, name: str) -> None:
    """By the Tab key, as somebody who has no mouse."""
    for _ in range(_MOST_KEYS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"the Tab key never comes to {name}")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_person_withdraws_by_keyboard_and_the_app_has_to_ask_again(
    server: ServerProcess,
    app: RemoteApp,
    landing: Landing,
    page_at: PageAt,
    javascript: bool,  # noqa: FBT001 - a table's column
) -> None:
    name = f"Harbour Bank {javascript}"
    instance = app.new_instance(
        client_name=name, instance_name="Anna's phone", redirect_uris=[landing.callback], requires_consent=True
    )
    page = page_at(390, javascript=javascript)
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    sign_in(page)
    heading_is(page, "Allow this app?")
    press(page, "Allow")
    tokens = app.redeem(landed(page, landing)["code"], landing.callback, instance)

    page.goto(f"{server.base_url}/devices")
    tab_to(page, "Apps you agreed to")
    page.keyboard.press("Enter")
    heading_is(page, "Apps you agreed to")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))
    expect(card).to_contain_text("Recognise you when you come back")
    expect(card).to_contain_text("Agreed")
    if javascript:
        assert axe_findings_in_light_and_dark(page) == []
    expect(card.get_by_role("button")).to_have_accessible_description(name)
    tab_to(page, "Withdraw")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Withdrawn.")
    expect(card).to_have_count(0)

    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    told = httpx.post(f"{server.base_url}{TOKEN}", data=form, headers=basic(instance.client_id, instance.client_secret))
    assert (told.status_code, told.json()["error"]) == (400, "invalid_grant")
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    heading_is(page, "Allow this app?")
    page.goto(f"{server.base_url}/devices/apps")
    tab_to(page, "Your devices")
    page.keyboard.press("Enter")
    heading_is(page, "Your devices")
