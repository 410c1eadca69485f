"""An administrator's day at a running server, in Chromium: signing in, finding a phone, switching it off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Page, expect

from support_app import Instance
from support_browser import PageAt, axe_findings_in_light_and_dark
from support_live_pages import heading_is, landed, press, sign_in
from support_process import ServerProcess
from support_remote_app import Landing, RemoteApp
from support_script_payloads import SCRIPT_PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOSTILE = f"Bank {SCRIPT_PAYLOADS[0]}{SCRIPT_PAYLOADS[2]}"


@pytest.fixture
def hostile(app: RemoteApp) -> Instance:
    """Whatever it may say of itself says a script."""
    return app.new_instance(client_name=HOSTILE, instance_name=HOSTILE, instance_platform=HOSTILE, contacts=[HOSTILE])


def signed_in(server: ServerProcess, page: Page, path: str = "") -> Page:
    page.goto(server.admin_url + path)
    heading_is(page, "Sign in")
    sign_in(page, "admin")
    return page


def walk(page: Page, server: ServerProcess, instance: Instance) -> Iterator[str]:
    """From page to page; yields the address of each when the browser is there."""
    paths = (
        *("/instances", f"/instances/{instance.client_id}", f"/instances/change?act=suspend&id={instance.client_id}"),
        *("/instances?by=name&text=<script>alert(1)</script>", "/registration", "/accounts", "/accounts/demouser"),
        *(
            "/account-changes?act=disable&user=demouser",
            "/templates",
            "/initial-tokens",
            "/initial-tokens/new",
            "/keys",
        ),
        *("/key-changes?alg=ES256", "/audit", "/nothing"),
    )
    for path in paths:
        page.goto(server.admin_url + path)
        yield path


def test_a_phone_is_found_by_its_owner_and_revoked_and_the_app_is_told(
    server: ServerProcess, app: RemoteApp, landing: Landing, page_at: PageAt
) -> None:
    instance = app.new_instance(instance_name="Anna's lost phone")
    page = signed_in(server, page_at(390))
    heading_is(page, "Registered clients")
    page.get_by_label("Text").fill("demouser")
    press(page, "Search")
    row = page.get_by_role("row").filter(has_text=instance.client_id)
    row.get_by_role("link", name="Anna's lost phone").click()
    heading_is(page, "Anna's lost phone")
    page.get_by_role("link", name="Revoke for ever").click()
    heading_is(page, "Revoke this instance for ever?")
    page.get_by_label("Why?").fill("lost on a train")
    press(page, "Revoke for ever")
    heading_is(page, "Revoked 1 instance")
    expect(page.get_by_text("lost on a train")).to_be_visible()
    page.goto(app.authorize_url(instance.client_id, landing.callback))
    answer = landed(page, landing)
    assert (answer["error"], answer["client_status"]) == ("unauthorized_client", "revoked")


def test_whoever_signs_out_is_out_and_going_back_shows_nothing(server: ServerProcess, page_at: PageAt) -> None:
    page = signed_in(server, page_at(), "/accounts")
    heading_is(page, "Accounts")
    press(page, "Sign out")
    heading_is(page, "You are signed out")
    page.go_back()
    heading_is(page, "Sign in")


def test_an_ordinary_person_is_told_that_they_are_no_administrator(server: ServerProcess, page_at: PageAt) -> None:
    page = page_at()
    page.goto(server.admin_url)
    sign_in(page)
    heading_is(page, "No administrator")
    page.get_by_role("link", name="Use another account").click()
    sign_in(page, "admin")
    heading_is(page, "Registered clients")


def test_j3_nothing_that_an_app_says_runs_as_a_script_on_any_admin_page(
    server: ServerProcess, page_at: PageAt, hostile: Instance
) -> None:
    page = signed_in(server, page_at())
    heard: list[str] = []

    def hear(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", hear)
    shown = 0
    for path in walk(page, server, hostile):
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        assert (path, heard) == (path, [])
        shown += "<script>alert(1)</script>" in page.locator("body").inner_text()
    assert shown >= 3


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_any_admin_page_of_the_real_server(
    server: ServerProcess, page_at: PageAt, hostile: Instance, width: int
) -> None:
    page = signed_in(server, page_at(width))
    for path in walk(page, server, hostile):
        assert (path, axe_findings_in_light_and_dark(page)) == (path, [])
