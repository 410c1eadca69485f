"""A person and their devices at a running server, in Chromium."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from support_browser import PageAt, axe_findings
from support_live_pages import heading_is, landed, press, sign_in
from support_process import ServerProcess
from support_remote_app import Landing, RemoteApp
from support_wire import TOKEN, basic

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def card(page: Page, title: str) -> str:
    """The text of the card with this title."""
    return page.locator("li.device").filter(has=page.get_by_role("heading", name=title)).inner_text()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_person_signs_in_renames_a_device_removes_it_and_its_app_is_told(
    server: ServerProcess,
    app: RemoteApp,
    landing: Landing,
    page_at: PageAt,
    javascript: bool,  # noqa: FBT001 - a table's column
) -> None:
    old, new = (f"{name} phone of {javascript}" for name in ("Old", "Anna's"))
    instance = app.new_instance(client_name="Harbour Bank", instance_name=old, redirect_uris=[landing.callback])
    phone = page_at(390)
    phone.goto(app.authorize_url(instance.client_id, landing.callback))
    sign_in(phone)
    tokens = app.redeem(landed(phone, landing)["code"], landing.callback, instance)

    page = page_at(390, javascript=javascript)
    page.goto(f"{server.base_url}/devices")
    heading_is(page, "Sign in")
    sign_in(page)
    heading_is(page, "Your devices")
    assert page.url == f"{server.base_url}/devices"
    assert "Harbour Bank" in card(page, old)
    device = page.locator("li.device").filter(has_text=old)
    device.get_by_text("Rename").click()
    device.get_by_label("Name of this device").fill(new)
    device.get_by_role("button", name="Save the name").click()
    expect(page.get_by_role("status")).to_have_text("The new name is saved.")

    device = page.locator("li.device").filter(has_text=new)
    device.get_by_role("button", name="Remove this device").click()
    heading_is(page, "Remove this device?")
    page.get_by_label("Your password").fill("Password2")
    press(page, "Remove this device")
    expect(page.get_by_role("alert")).to_contain_text("That password is not right")
    page.get_by_label("Your password").fill("Password1")
    press(page, "Remove this device")
    expect(page.get_by_role("status")).to_contain_text("Removed.")
    assert "Removed" in card(page, new)

    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    told = httpx.post(f"{server.base_url}{TOKEN}", data=form, headers=basic(instance.client_id, instance.client_secret))
    assert (told.status_code, told.json()["client_status"]) == (400, "revoked")
    phone.goto(f"{server.base_url}/devices")
    heading_is(phone, "Sign in")

    page.get_by_role("link", name="Sign out of this browser").click()
    press(page, "Sign out")
    heading_is(page, "You are signed out")
    page.get_by_role("link", name="sign in to your devices").click()
    heading_is(page, "Sign in")


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_on_the_pages_of_devices(
    server: ServerProcess,
    app: RemoteApp,
    page_at: PageAt,
    dark: bool,  # noqa: FBT001 - a table's column
) -> None:
    app.new_instance(client_name="Tide Table")
    page = page_at(390, dark=dark)
    page.goto(f"{server.base_url}/devices")
    sign_in(page)
    heading_is(page, "Your devices")
    assert axe_findings(page) == []
    page.get_by_role("button", name="Remove this device").first.click()
    heading_is(page, "Remove this device?")
    assert axe_findings(page) == []
