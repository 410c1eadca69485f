"""A page of another origin calls the token endpoint in Chromium, of a server that lists it and of one that does not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from support_app import TOKEN
from support_browser import PageAt
from support_configured_server import serving_with
from support_process import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CALL = """async ([url, credentials]) => {
  try {
    const answer = await fetch(url, {
      method: "POST",
      credentials,
      headers: {"Authorization": "Basic eDp5", "Content-Type": "application/x-www-form-urlencoded"},
      body: "grant_type=refresh_token&refresh_token=x",
    });
    return [answer.status, (await answer.json()).error, answer.headers.get("WWW-Authenticate")];
  } catch (error) {
    return error.name;
  }
}"""
READ = "async (url) => { try { return (await (await fetch(url)).json()).issuer } catch (error) { return error.name } }"
REFUSAL = [401, "invalid_client", 'Basic realm="keyfob", charset="UTF-8"']


@contextmanager
def open_origin() -> Iterator[str]:
    """Another origin on this machine, with an empty page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>App</title>")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
            """Silent: a test's output is for what failed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def app_origin() -> Iterator[str]:
    with open_origin() as origin:
        yield origin


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory, app_origin: str) -> Iterator[str]:
    """The base URL of a server whose setting lists the app's origin."""
    with serving_with(tmp_path_factory.mktemp("listing"), {"KEYFOB_CORS_ORIGINS": app_origin}) as base_url:
        yield base_url


@pytest.fixture
def app_page(page_at: PageAt, app_origin: str) -> Page:
    page = page_at()
    page.goto(app_origin)
    return page


def test_d16_a_page_of_a_listed_origin_reads_the_answer(app_page: Page, listing: str) -> None:
    assert app_page.evaluate(CALL, [listing + TOKEN, "omit"]) == REFUSAL


def test_d16_with_credentials_even_a_listed_origin_reads_nothing(app_page: Page, listing: str) -> None:
    assert app_page.evaluate(CALL, [listing + TOKEN, "include"]) == "TypeError"


def test_d16_a_page_of_another_origin_reads_nothing(app_page: Page, listing: str, server: ServerProcess) -> None:
    assert app_page.evaluate(CALL, [server.base_url + TOKEN, "omit"]) == "TypeError"
    with open_origin() as another:
        app_page.goto(another)
        assert app_page.evaluate(CALL, [listing + TOKEN, "omit"]) == "TypeError"


def test_d16_a_page_without_an_origin_reads_nothing(app_page: Page, listing: str) -> None:
    """A sandboxed frame says `Origin: null`."""
    app_page.set_content('<iframe sandbox="allow-scripts" srcdoc="<!doctype html><title>Frame</title>"></iframe>')
    frame = app_page.frames[1]
    frame.wait_for_load_state()
    assert frame.evaluate("origin") == "null"
    assert frame.evaluate(CALL, [listing + TOKEN, "omit"]) == "TypeError"


def test_d16_every_origin_reads_what_the_server_announces(app_page: Page, server: ServerProcess) -> None:
    assert app_page.evaluate(READ, f"{server.issuer}/.well-known/openid-configuration") == server.issuer
