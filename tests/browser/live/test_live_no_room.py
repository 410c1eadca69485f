"""A person without room for another device, at a running server in Chromium."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from support_browser import PageAt, axe_findings_in_light_and_dark
from support_configured_server import serving_with
from support_live_pages import heading_is, landed, press, sign_in
from support_remote_app import Landing, RemoteApp
from support_wire import REGISTER, bearer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIMITS = {
    "KEYFOB_REGISTRATION_MAX_INSTANCES_PER_OWNER": "2",
    "KEYFOB_REGISTRATION_TEMPLATIZED": "false",
}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteApp]:
    """Demouser has two devices, which is the most."""
    with serving_with(tmp_path_factory.mktemp("full"), LIMITS) as base_url:
        app = RemoteApp(base_url)
        for name in ("Old phone", "Tablet"):
            app.new_instance(instance_name=name, instance_platform="android")
        yield app


def asked(page: Page, app: RemoteApp, landing: Landing) -> None:
    page.goto(app.dcr_url(landing.callback, prompt="login"))
    sign_in(page)
    heading_is(page, "Remove a device first")


def register(app: RemoteApp, landing: Landing, code: str, name: str) -> int:
    """The app's part: the status of its registration."""
    token = app.redeem(code, landing.callback)["access_token"]
    document = {"redirect_uris": [landing.callback], "scope": "openid", "instance_name": name}
    return httpx.post(app.base_url + REGISTER, json=document, headers=bearer(token)).status_code


@pytest.mark.parametrize("javascript", [True, False])
def test_f21_a_person_drops_a_device_on_the_way_and_the_registration_completes(
    full: RemoteApp,
    landing: Landing,
    page_at: PageAt,
    javascript: bool,  # noqa: FBT001 - a table's column
) -> None:
    page = page_at(390, javascript=javascript)
    asked(page, full, landing)
    cards = page.locator("li.device")
    expect(cards).to_have_count(2)
    oldest = cards.first.get_by_role("heading").inner_text()
    cards.first.get_by_role("button", name="Remove this one").click()
    heading_is(page, "Remove the device below?")
    press(page, "Keep it")
    heading_is(page, "Remove a device first")
    cards.first.get_by_role("button", name="Remove this one").click()
    page.get_by_label("Your password").fill("Password2")
    press(page, "Remove it and go on")
    expect(page.get_by_role("alert")).to_contain_text("That password is not right")
    page.get_by_label("Your password").fill("Password1")
    press(page, "Remove it and go on")
    heading_is(page, "Register this device?")
    press(page, "Register this device")
    assert register(full, landing, landed(page, landing)["code"], f"New phone of {javascript}") == 201

    page.goto(f"{full.base_url}/devices")
    removed = page.locator("li.device.removed").filter(has=page.get_by_role("heading", name=oldest))
    expect(removed.first).to_contain_text("Removed")


def test_f21_the_whole_way_is_gone_by_keyboard(full: RemoteApp, landing: Landing, page_at: PageAt) -> None:
    page = page_at()
    asked(page, full, landing)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Remove this one")
    assert page.locator(":focus").evaluate("b => document.getElementById(b.getAttribute('aria-describedby')).innerText")
    page.keyboard.press("Enter")
    heading_is(page, "Remove the device below?")
    expect(page.get_by_label("Your password")).to_be_focused()
    page.keyboard.type("Password1")
    page.keyboard.press("Enter")
    heading_is(page, "Register this device?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert register(full, landing, landed(page, landing)["code"], "New phone by keyboard") == 201


def test_f21_cancelling_brings_the_person_back_to_the_app(full: RemoteApp, landing: Landing, page_at: PageAt) -> None:
    page = page_at(390)
    asked(page, full, landing)
    press(page, "Cancel")
    assert landed(page, landing)["error"] == "access_denied"


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_the_pages_on_the_way(
    full: RemoteApp, landing: Landing, page_at: PageAt, width: int
) -> None:
    page = page_at(width)
    asked(page, full, landing)
    assert axe_findings_in_light_and_dark(page) == []
    page.get_by_role("button", name="Remove this one").first.click()
    heading_is(page, "Remove the device below?")
    assert axe_findings_in_light_and_dark(page) == []


def test_f21_after_as_many_as_a_day_has_the_page_says_when(tmp_path: Path, landing: Landing, page_at: PageAt) -> None:
    with serving_with(tmp_path, LIMITS | {"KEYFOB_REGISTRATION_MAX_NEW_PER_DAY": "2"}) as base_url:
        app = RemoteApp(base_url)
        for _ in range(2):
            app.new_instance()
        page = page_at(390)
        page.goto(app.dcr_url(landing.callback, prompt="login"))
        sign_in(page)
        heading_is(page, "Too many new devices")
        expect(page.locator("main")).to_contain_text(
            "UTC tomorrow, in about 24 hours. Removing a device does not change"
        )
        assert page.get_by_role("button").all_inner_texts() == ["Go back to the app"]
        assert axe_findings_in_light_and_dark(page) == []
        press(page, "Go back to the app")
        assert landed(page, landing)["error"] == "access_denied"
