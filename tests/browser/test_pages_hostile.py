"""What pages do with text, frames and redirects that mean harm."""

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Dialog, Page

from keyfob_server.web.pages.assets import assets
from support_browser import PageAt
from support_page_gallery import GALLERY, PageGallery, views_saying
from support_script_payloads import SCRIPT_PAYLOADS

pytestmark = pytest.mark.browser

RUNS = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>")
ALL_AT_ONCE = "".join(RUNS)
SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
SCHEME = "io.curity.dcrclient:"


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client() as client:
        yield client


def listen_for_dialogs(page: Page) -> list[str]:
    heard: list[str] = []

    def hear(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", hear)
    return heard


def settle(page: Page) -> None:
    """Until the handlers of a load, an animation and a toggle have had their turn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")


@pytest.mark.parametrize("payload", RUNS)
def test_the_dialog_watch_hears_a_script_that_runs(gallery: PageGallery, page_at: PageAt, payload: str) -> None:
    page = page_at()
    heard = listen_for_dialogs(page)
    page.goto(f"{gallery.base}/unescaped?bare=1&text={quote(payload)}")
    settle(page)
    assert heard == ["1"]


@pytest.mark.parametrize("payload", RUNS)
def test_h14_the_policy_stops_a_script_that_escaping_let_through(
    gallery: PageGallery, page_at: PageAt, payload: str
) -> None:
    page = page_at()
    heard = listen_for_dialogs(page)
    page.goto(f"{gallery.base}/unescaped?text={quote(payload)}")
    settle(page)
    assert heard == []


@pytest.mark.parametrize("name", ["sign_in", "confirm"])
def test_f13_no_name_runs_as_a_script_even_without_the_policy(gallery: PageGallery, page_at: PageAt, name: str) -> None:
    page = page_at()
    heard = listen_for_dialogs(page)
    for payload in SCRIPT_PAYLOADS:
        page.goto(f"{gallery.base}/saying/{name}?bare=1&text={quote(payload)}")
        settle(page)
        assert (payload, heard) == (payload, [])


def test_f13_no_page_runs_a_name_as_a_script_even_without_the_policy(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    heard = listen_for_dialogs(page)
    for name in views_saying(""):
        page.goto(f"{gallery.base}/saying/{name}?bare=1&text={quote(ALL_AT_ONCE)}")
        settle(page)
        assert (name, heard) == (name, [])
        assert ALL_AT_ONCE in page.locator("main").inner_text()


def test_f13_a_hostile_app_name_is_shown_as_the_text_that_it_is(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(f"{gallery.base}/saying/signed_out?text={quote('<b>Bank</b> {{ 7 * 7 }}')}")
    assert page.locator("bdi").inner_text() == "<b>Bank</b> {{ 7 * 7 }}"


def test_h14_a_hostile_user_name_comes_back_as_it_was_typed(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    for payload in SCRIPT_PAYLOADS:
        page.goto(f"{gallery.base}/saying/sign_in_plain?bare=1&text={quote(payload)}")
        assert page.get_by_label("User name").input_value() == payload


def test_h14_a_name_cannot_turn_the_words_around_it(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(f"{gallery.base}/saying/confirm?text={quote('Bank' + chr(0x202E) + 'moc.live')}")
    assert "\u202e" not in page.content()
    assert page.locator("dd bdi").first.inner_text() == "Bankmoc.live"


@pytest.mark.parametrize("name", GALLERY)
def test_a25_every_page_forbids_to_be_framed(gallery: PageGallery, http: httpx.Client, name: str) -> None:
    headers = http.get(gallery.page(name)).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("framer", ["base", "other_origin"])
def test_a25_chromium_does_not_show_a_page_in_a_frame(gallery: PageGallery, page_at: PageAt, framer: str) -> None:
    page = page_at()
    origin = {"base": gallery.base, "other_origin": gallery.other_origin}[framer]
    page.goto(f"{origin}/framed?src={gallery.base}/plain")
    assert page.frame_locator("iframe").locator("h1").inner_text() == "plain"
    page.goto(f"{origin}/framed?src={gallery.page('sign_in')}")
    assert page.frame_locator("iframe").locator("form").count() == 0
    inner = page.frame("inner")
    assert inner is not None
    assert inner.url.startswith("chrome-error:")


def test_a26_no_page_asks_anybody_else_for_anything(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    # what one page is for is to post an answer to the app
    quiet = [name for name in GALLERY if name != "form_post"]
    for name in quiet:
        answer = page.goto(gallery.page(name))
        assert answer is not None
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert len(asked) >= 2 * len(quiet)
    assert [url for url in asked if not url.startswith(gallery.base + "/")] == []
    status_line = "Failed to load resource: the server responded with a status of"
    assert [text for text in complaints if not text.startswith(status_line)] == []


def test_a26_a_link_out_tells_nothing_of_where_it_stood(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(f"{gallery.page('stale')}?code=secret")
    with page.expect_request("**/page/sign_in?again=1") as followed:
        page.get_by_role("link", name="Start again").click()
    assert "referer" not in followed.value.headers


@pytest.mark.parametrize("name", GALLERY)
def test_k12_pages_carry_every_security_header(gallery: PageGallery, http: httpx.Client, name: str) -> None:
    headers = http.get(gallery.page(name)).headers
    assert {key: headers[key] for key in SECURITY} == SECURITY
    script, action = ("script-src 'self'; ", "'none'") if name == "form_post" else ("", "'self'")
    assert headers["content-security-policy"] == (
        f"default-src 'none'; {script}style-src 'self'; img-src 'self'; form-action {action}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", [asset.path for asset in assets().values()])
def test_k12_static_files_carry_every_security_header(gallery: PageGallery, http: httpx.Client, path: str) -> None:
    headers = http.get(gallery.base + path).headers
    assert {key: headers[key] for key in SECURITY} == SECURITY
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_h13_the_back_button_asks_for_the_page_again(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(gallery.page("confirm"))
    page.goto(gallery.page("signed_out"))
    visits = gallery.visits["/page/confirm"]
    page.go_back()
    assert page.get_by_role("heading").first.inner_text() == "Allow this app?"
    assert gallery.visits["/page/confirm"] == visits + 1


def test_h15_a_form_may_lead_to_the_origin_that_its_page_names(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(f"{gallery.page('confirm')}?form_action={gallery.other_origin}")
    page.evaluate(f"document.forms[0].action = '/submitted?goto={gallery.other_origin}/plain'")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{gallery.other_origin}/plain")


def test_h15_a_form_leads_nowhere_else(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(gallery.page("confirm"))
    page.evaluate(f"document.forms[0].action = '/submitted?goto={gallery.other_origin}/plain'")
    with page.expect_console_message(lambda message: "form-action" in message.text):
        page.get_by_role("button", name="Allow").click()
    assert page.url == gallery.page("confirm")


def test_h15_a_form_may_lead_to_the_private_use_scheme_that_its_page_names(
    gallery: PageGallery, page_at: PageAt
) -> None:
    page = page_at()
    page.goto(f"{gallery.page('confirm')}?form_action={SCHEME}")
    page.evaluate(f"document.forms[0].action = '/submitted?goto={SCHEME}/callback'")
    with page.expect_request(f"{SCHEME}/callback"):
        page.get_by_role("button", name="Allow").click()


def test_h15_a_form_leads_to_no_scheme_that_its_page_does_not_name(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(gallery.page("confirm"))
    page.evaluate(f"document.forms[0].action = '/submitted?goto={SCHEME}/callback'")
    with page.expect_console_message(lambda message: "form-action" in message.text):
        page.get_by_role("button", name="Allow").click()
    assert f"{SCHEME}/callback" not in asked
