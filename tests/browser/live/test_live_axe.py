"""Every page of a running server, in every size and colour scheme: axe finds nothing, and nothing is cut off."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page

from keyfob_client.redirects.loopback import LoopbackReceiver
from support_app import REDIRECT, Instance
from support_browser import PageAt, axe_findings_in_light_and_dark
from support_live_pages import heading_is, press, sign_in
from support_process import ServerProcess
from support_remote_app import Landing, RemoteApp

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = 13
_CUT_OFF = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def careful(server: ServerProcess) -> Instance:
    return RemoteApp(server.base_url).new_instance(requires_consent=True, instance_name="Anna's phone")


def walk(page: Page, server: ServerProcess, app: RemoteApp, careful: Instance, landing: Landing) -> Iterator[str]:
    """From page to page; yields the heading of each when the browser is there."""

    def at(heading: str) -> str:
        heading_is(page, heading)
        return heading

    page.goto(f"{server.base_url}/nothing")
    yield at("There is no page here")
    page.goto(server.admin_url)
    yield at("Sign in")
    page.goto(app.authorize_url("nobody", REDIRECT))
    yield at("Unknown app")
    page.goto(app.authorize_url(careful.client_id, "http://127.0.0.1/elsewhere"))
    yield at("This request cannot go on")
    page.goto(app.dcr_url(REDIRECT))
    yield at("Register this device")
    page.goto(app.authorize_url(careful.client_id, landing.callback))
    yield at("Sign in")
    sign_in(page, password="wrong")
    page.get_by_role("alert").wait_for()
    yield at("Sign in")
    page.context.clear_cookies()
    sign_in(page)
    yield at("This page is out of date")
    page.goto(app.authorize_url(careful.client_id, landing.callback))
    sign_in(page)
    yield at("Allow this app?")
    page.goto(app.dcr_url(landing.callback))
    yield at("Register this device?")
    page.goto(app.logout_url(client_id=careful.client_id))
    yield at("Sign out of Keyfob in this browser?")
    press(page, "Stay signed in")
    yield at("You are still signed in")
    page.goto(app.logout_url())
    press(page, "Sign out")
    yield at("You are signed out")


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_any_page_in_light_and_dark(
    server: ServerProcess, careful: Instance, landing: Landing, page_at: PageAt, *, width: int
) -> None:
    page = page_at(width)
    found: dict[str, list[str]] = {}
    seen = 0
    for heading in walk(page, server, RemoteApp(server.base_url), careful, landing):
        seen += 1
        wrong = axe_findings_in_light_and_dark(page)
        if page.evaluate(_CUT_OFF):
            wrong.append("wider than the window")
        if wrong:
            found[heading] = wrong
    assert seen == PAGES
    assert found == {}


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_the_page_of_an_apps_own_receiver(page_at: PageAt, width: int) -> None:
    page = page_at(width)
    with LoopbackReceiver("http://127.0.0.1/callback") as receiver, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(receiver.wait, timeout_s=20)
        page.goto(f"{receiver.redirect_uri}?code=1")
        assert waiting.result(20).endswith("/callback?code=1")
    heading_is(page, "Return to the app")
    assert axe_findings_in_light_and_dark(page) == []
