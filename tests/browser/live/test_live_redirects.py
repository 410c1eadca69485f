"""From the sign-in form back to the app: Chromium follows where the page's policy says so, and nowhere else."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page

from keyfob_client.redirects.loopback import LoopbackReceiver
from support_app import LOGGED_OUT, REDIRECT, Instance
from support_browser import PageAt
from support_live_pages import heading_is, press, sign_in
from support_process import ServerProcess
from support_remote_app import RemoteApp

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_S = 20


@pytest.fixture(scope="module")
def instance(server: ServerProcess) -> Instance:
    return RemoteApp(server.base_url).new_instance()


@pytest.fixture
def tabs(page_at: PageAt) -> Iterator[Callable[[], Page]]:
    """Opens tabs of one browser, on which the policy must never have stopped anything.

    After an address that no program answers to, Chromium loses clicks in the same tab now and then.
    """
    context = page_at().context
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    yield context.new_page
    assert [text for text in said if "Content Security Policy" in text or "form-action" in text] == []


@pytest.fixture
def signed_in(app: RemoteApp, instance: Instance, tabs: Callable[[], Page]) -> None:
    tab = tabs()
    tab.goto(app.authorize_url(instance.client_id, REDIRECT))
    with tab.expect_request(lambda request: request.url.startswith(REDIRECT)):
        sign_in(tab)


def test_h15_the_redirect_after_the_form_reaches_an_apps_own_receiver(
    app: RemoteApp, instance: Instance, tabs: Callable[[], Page]
) -> None:
    tab = tabs()
    with LoopbackReceiver("http://127.0.0.1/callback") as receiver, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(receiver.wait, timeout_s=PATIENCE_S)
        tab.goto(app.authorize_url(instance.client_id, receiver.redirect_uri))
        with tab.expect_response(lambda response: response.request.method == "POST") as posted:
            sign_in(tab)
        assert posted.value.status == 303
        heading_is(tab, "Return to the app")
        answer = dict(parse_qsl(urlsplit(waiting.result(PATIENCE_S)).query))
    assert app.redeem(answer["code"], receiver.redirect_uri, instance)["token_type"].lower() == "bearer"


def test_h15_the_redirect_after_the_form_reaches_a_private_use_scheme(
    app: RemoteApp, instance: Instance, tabs: Callable[[], Page]
) -> None:
    """Chromium asks the system for such an address; here nobody answers, but the request was let through."""
    tab = tabs()
    tab.goto(app.authorize_url(instance.client_id, REDIRECT))
    with tab.expect_request(lambda request: request.url.startswith(REDIRECT)) as asked:
        sign_in(tab)
    answer = dict(parse_qsl(asked.value.url.partition("?")[2]))
    assert asked.value.method == "GET"
    assert app.redeem(answer["code"], REDIRECT, instance)["id_token"]


@pytest.mark.usefixtures("signed_in")
def test_h15_the_answer_of_a_registration_by_click_reaches_a_private_use_scheme(
    app: RemoteApp, tabs: Callable[[], Page]
) -> None:
    tab = tabs()
    tab.goto(app.dcr_url(REDIRECT))
    with tab.expect_request(lambda request: request.url.startswith(REDIRECT)) as asked:
        press(tab, "Register this device")
    code = dict(parse_qsl(asked.value.url.partition("?")[2]))["code"]
    assert app.redeem(code, REDIRECT)["scope"] == "dcr"


@pytest.mark.usefixtures("signed_in")
def test_h15_the_answer_after_signing_out_reaches_a_private_use_scheme(
    app: RemoteApp, instance: Instance, tabs: Callable[[], Page]
) -> None:
    tab = tabs()
    tab.goto(app.logout_url(client_id=instance.client_id, post_logout_redirect_uri=LOGGED_OUT, state="state-4"))
    with tab.expect_request(f"{LOGGED_OUT}?state=state-4"):
        press(tab, "Sign out")
