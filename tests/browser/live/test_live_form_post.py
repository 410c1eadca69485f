"""The authorization answer posted by Chromium to a web app's own address: by itself, and by hand without JavaScript."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Page

from support_app import Instance
from support_browser import PageAt, axe_findings
from support_live_pages import heading_is, press, sign_in
from support_process import ServerProcess
from support_remote_app import RemoteApp

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LANDED: Final = b"<!doctype html><html lang=en><title>App</title><h1>Back in the app</h1>"


@dataclass(frozen=True, slots=True)
class WebApp:
    """Takes answers that are posted; what comes any other way does not count."""

    callback: str
    forms: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def web_app() -> Iterator[WebApp]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            app.forms.append(dict(parse_qsl(body, keep_blank_values=True)))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(LANDED)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
            """Silent: a test's output is for what failed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        app = WebApp(f"http://127.0.0.1:{server.server_address[1]}/callback")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield app
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def instance(server: ServerProcess) -> Instance:
    return RemoteApp(server.base_url).new_instance()


def complaints(page: Page) -> list[str]:
    """What Chromium says about the page's policy."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None)
    return said


def test_the_page_posts_the_answer_by_itself_and_the_code_is_good(
    app: RemoteApp, instance: Instance, web_app: WebApp, page_at: PageAt
) -> None:
    page = page_at()
    said = complaints(page)
    page.goto(app.authorize_url(instance.client_id, web_app.callback, response_mode="form_post"))
    sign_in(page)
    heading_is(page, "Back in the app")
    assert page.url == web_app.callback
    (form,) = web_app.forms
    assert form.keys() == {"code", "state", "iss"}
    assert form["state"] == "state-1"
    assert app.redeem(form["code"], web_app.callback, instance)["id_token"]
    assert said == []


def test_without_javascript_the_person_presses_continue(
    app: RemoteApp, instance: Instance, web_app: WebApp, page_at: PageAt
) -> None:
    page = page_at(390, javascript=False)
    page.goto(app.authorize_url(instance.client_id, web_app.callback, response_mode="form_post"))
    sign_in(page)
    heading_is(page, "Back to the app")
    assert web_app.forms == []
    press(page, "Continue")
    heading_is(page, "Back in the app")
    assert "code" in web_app.forms[0]


def test_before_sign_in_an_error_reaches_a_loopback_app_by_itself(
    app: RemoteApp, instance: Instance, web_app: WebApp, page_at: PageAt
) -> None:
    page = page_at()
    page.goto(app.authorize_url(instance.client_id, web_app.callback, response_mode="form_post", prompt="none"))
    heading_is(page, "Back in the app")
    assert web_app.forms[0]["error"] == "login_required"


def test_the_page_that_waits_for_a_press_is_accessible(
    app: RemoteApp, instance: Instance, web_app: WebApp, page_at: PageAt
) -> None:
    page = page_at(390)
    page.route("**/form_post.*.js", lambda route: route.abort())
    page.goto(app.authorize_url(instance.client_id, web_app.callback, response_mode="form_post", prompt="none"))
    heading_is(page, "Back to the app")
    assert axe_findings(page) == []
    assert page.locator("main").inner_text().count("127.0.0.1") == 1
