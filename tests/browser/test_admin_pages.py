"""How the admin pages look and what they do with hostile text, in Chromium."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Dialog, Page

from support_admin_gallery import open_admin_gallery
from support_admin_views import ADMIN_GALLERY
from support_browser import PageAt, axe_findings_in_light_and_dark
from support_page_gallery import LONG, REVERSED, PageGallery
from support_script_payloads import SCRIPT_PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """[...document.querySelectorAll("main *, header *, nav *")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline"
                       && !["INPUT", "SELECT"].includes(element.tagName) && !element.closest(".aside, thead"))
  .map((element) => element.outerHTML.slice(0, 80))"""
SMALL = """[...document.querySelectorAll("button, a.button, input:not([type=hidden]), select, nav a, summary")]
  .map((element) => element.closest("label") ?? element)
  .filter((element) => element.getBoundingClientRect().height < 44)
  .map((element) => element.outerHTML.slice(0, 80))"""
WIDTHS = (320, 390, 1280)
HEIGHT = 844


@pytest.fixture(scope="module")
def admin_gallery() -> Iterator[PageGallery]:
    with open_admin_gallery() as served:
        yield served


@pytest.fixture
def dialogs(page_at: PageAt) -> tuple[Page, list[str]]:
    """A page, and every script that made itself heard in it."""
    page, heard = page_at(), list[str]()

    def hear(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", hear)
    return page, heard


def settle(page: Page) -> None:
    """Until the handlers of a load, an animation and a toggle have had their turn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_any_admin_page_in_light_and_dark(
    admin_gallery: PageGallery, page_at: PageAt, width: int
) -> None:
    page = page_at(width)
    for name in ADMIN_GALLERY:
        page.goto(f"{admin_gallery.page(name)}?demo=1")
        assert (name, axe_findings_in_light_and_dark(page)) == (name, [])


def test_no_admin_page_scrolls_sideways_and_nothing_to_press_is_small(
    admin_gallery: PageGallery, page_at: PageAt
) -> None:
    page = page_at()
    for name in ADMIN_GALLERY:
        page.goto(f"{admin_gallery.page(name)}?demo=1")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found = (name, width, page.evaluate(OVERFLOW), page.evaluate(CUT_OFF), page.evaluate(SMALL))
            assert found == (name, width, 0, [], [])


@pytest.mark.parametrize("text", [LONG, REVERSED * 30, "\u0645\u0631\u062d\u0628\u0627" * 200])
def test_long_texts_do_not_break_the_layout(admin_gallery: PageGallery, page_at: PageAt, text: str) -> None:
    page = page_at()
    for name in ADMIN_GALLERY:
        page.goto(f"{admin_gallery.base}/saying/{name}?text={quote(text)}")
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            assert (name, width, page.evaluate(OVERFLOW)) == (name, width, 0)


def test_every_admin_page_has_a_title_one_heading_and_a_way_to_go_on(
    admin_gallery: PageGallery, page_at: PageAt
) -> None:
    page = page_at()
    for name in ADMIN_GALLERY:
        page.goto(admin_gallery.page(name))
        assert re.fullmatch(r".+ · Keyfob", page.title()), name
        assert page.locator("h1").count() == 1, name
        assert page.locator("main").locator("button, a").count() + page.locator("nav a").count() >= 1, name
        if name != "notice":
            assert page.get_by_role("navigation", name="Administration").locator("[aria-current=page]").count() == 1


def test_the_keyboard_reaches_the_content_first_and_every_field_has_a_name(
    admin_gallery: PageGallery, page_at: PageAt
) -> None:
    page = page_at()
    page.goto(admin_gallery.page("instances"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    assert page.get_by_role("textbox", name="Text").count() == 1
    assert page.get_by_role("combobox", name="Search by").count() == 1
    assert page.get_by_role("checkbox", name=re.compile("Choose Anna's phone")).count() == 1
    page.goto(admin_gallery.page("registration"))
    assert page.get_by_role("group", name="Who authenticates").get_by_role("radio").count() == 3
    page.goto(admin_gallery.page("change_error"))
    assert page.get_by_role("textbox", name="Why?").get_attribute("aria-invalid") == "true"


def test_an_error_of_another_field_stands_above_them_all_and_blames_no_reason_that_was_given(
    admin_gallery: PageGallery, page_at: PageAt
) -> None:
    page = page_at(390)
    for name in ("registration_error", "initial_token_error"):
        page.goto(admin_gallery.page(name))
        assert page.locator("form > .alarm + *").count() == 1, name
        assert page.get_by_role("alert").count() == 1, name
        assert page.get_by_role("textbox", name="Why?").get_attribute("aria-invalid") is None, name
        alarm, reason = page.get_by_role("alert").bounding_box(), page.get_by_label("Why?").bounding_box()
        assert alarm is not None, name
        assert reason is not None, name
        assert alarm["y"] + alarm["height"] < HEIGHT < reason["y"], name


def test_a_table_is_a_table_to_a_screen_reader_though_it_looks_like_cards(
    admin_gallery: PageGallery, page_at: PageAt
) -> None:
    for width in (390, 1280):
        page = page_at(width)
        page.goto(admin_gallery.page("instances"))
        table = page.get_by_role("table", name="Registered clients")
        assert table.get_by_role("row").count() == 4
        assert table.get_by_role("columnheader").count() == 7


def test_the_admin_pages_work_without_javascript(admin_gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at(javascript=False)
    for name in ADMIN_GALLERY:
        page.goto(admin_gallery.page(name))
        assert page.locator("h1").is_visible(), name
        assert page.locator("script").count() == 0, name


def test_j3_no_text_runs_as_a_script_on_any_admin_page_even_without_the_policy(
    admin_gallery: PageGallery, dialogs: tuple[Page, list[str]]
) -> None:
    page, heard = dialogs
    every = " ".join(SCRIPT_PAYLOADS)
    for name in ADMIN_GALLERY:
        for text in (every, *SCRIPT_PAYLOADS) if name in {"instances", "instance", "act", "template"} else (every,):
            page.goto(f"{admin_gallery.base}/saying/{name}?bare=1&text={quote(text)}")
            settle(page)
            assert (name, text, heard) == (name, text, [])


def test_j3_what_somebody_chose_is_shown_as_the_text_that_it_is(admin_gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(f"{admin_gallery.base}/saying/instance?text={quote('<b>Bank</b> {{ 7 * 7 }}')}")
    assert page.locator("h1").inner_text() == "<b>Bank</b> {{ 7 * 7 }}"
    assert page.locator("main b").count() == 0
