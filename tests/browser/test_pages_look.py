"""How the pages look: to axe, at each width, in light and dark, with the colours that a person chose."""

import re

import pytest

from support_browser import PageAt, axe_findings, axe_findings_in_light_and_dark
from support_page_gallery import GALLERY, LONG, REVERSED, PageGallery, views_saying

pytestmark = pytest.mark.browser

FORMS = [name for name in GALLERY if name.startswith(("sign_in", "confirm", "sign_out", "no_room_perhaps"))]
HEIGHT = 844
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """[...document.querySelectorAll("main *, header, footer")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline"
                       && element.tagName !== "INPUT")
  .map((element) => element.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_any_page_in_light_and_dark(gallery: PageGallery, page_at: PageAt, width: int) -> None:
    page = page_at(width)
    for name in GALLERY:
        page.goto(f"{gallery.page(name)}?demo=1")
        assert (name, axe_findings_in_light_and_dark(page)) == (name, [])


def test_axe_finds_what_is_wrong(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(gallery.page("sign_in"))
    page.evaluate("document.querySelector('label').remove()")
    page.evaluate("document.querySelector('.lead').style.color = '#ccc'")
    rules = {finding.split(": ")[1] for finding in axe_findings(page)}
    assert {"label", "color-contrast"} <= rules


def test_axe_finds_a_colour_that_is_wrong_in_the_dark_alone(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(gallery.page("sign_in"))
    page.evaluate("document.querySelector('.lead').style.color = '#222'")
    assert [finding.split(": ")[:3] for finding in axe_findings_in_light_and_dark(page)] == [
        ["dark", "violations", "color-contrast"]
    ]


def test_no_page_scrolls_sideways(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    for name in GALLERY:
        page.goto(f"{gallery.page(name)}?demo=1")
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found = (name, width, page.evaluate(OVERFLOW), page.evaluate(CUT_OFF))
            assert found == (name, width, 0, [])


@pytest.mark.parametrize("text", [LONG, REVERSED * 30, "W" * 1000, "\u0645\u0631\u062d\u0628\u0627" * 200])
def test_long_names_do_not_break_the_layout(gallery: PageGallery, page_at: PageAt, text: str) -> None:
    page = page_at()
    for name in views_saying(text):
        page.goto(f"{gallery.base}/saying/{name}?text={text}")
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found = (name, width, page.evaluate(OVERFLOW), page.evaluate(CUT_OFF))
            assert found == (name, width, 0, [])
            submit = page.locator("button").first
            if submit.count():
                box = submit.bounding_box()
                assert box is not None
                assert box["y"] < 3 * HEIGHT, name


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_pressed_is_44_pixels_high(gallery: PageGallery, page_at: PageAt, name: str, width: int) -> None:
    page = page_at(width)
    page.goto(gallery.page(name))
    targets = page.locator("button, a.button, input:not([type=hidden])").all()
    assert len(targets) >= 2
    for target in targets:
        box = target.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= 44


def test_every_page_has_a_title_a_heading_and_says_what_to_do_next(gallery: PageGallery, page_at: PageAt) -> None:
    # the page that posts an answer would be gone before it was read
    page = page_at(javascript=False)
    for name in GALLERY:
        page.goto(gallery.page(name))
        assert re.fullmatch(r"[A-Z][\w: ]+\?? · Keyfob", page.title()), name
        assert page.locator("html").get_attribute("lang") == "en", name
        assert page.locator("h1").count() == 1, name
        assert page.locator("main").locator("button, a, .advice").count() >= 1, name


def test_dark_and_light_are_two_looks(gallery: PageGallery, page_at: PageAt) -> None:
    shades = []
    for dark in (False, True):
        page = page_at(dark=dark)
        page.goto(gallery.page("sign_in"))
        colour = page.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor")
        shades.append([int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")])
    light, dark_shade = shades
    assert min(light) > 200
    assert max(dark_shade) < 60


def test_buttons_keep_an_edge_in_forced_colours(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at(forced_colors=True)
    page.goto(gallery.page("confirm"))
    for button in page.locator("button").all():
        edge, ground = button.evaluate("b => [getComputedStyle(b).borderTopColor, getComputedStyle(b).backgroundColor]")
        assert edge != ground


@pytest.mark.parametrize(("asked", "durations"), [("reduce", {"0s"}), ("no-preference", {"0.12s, 0.12s"})])
def test_nothing_moves_for_those_who_ask_for_that(
    gallery: PageGallery, page_at: PageAt, asked: str, durations: set[str]
) -> None:
    page = page_at()
    page.emulate_media(reduced_motion="reduce" if asked == "reduce" else "no-preference")
    page.goto(gallery.page("confirm"))
    assert {
        button.evaluate("b => getComputedStyle(b).transitionDuration") for button in page.locator("button").all()
    } == durations


def test_the_demo_says_so_on_every_page(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    for name in GALLERY:
        page.goto(f"{gallery.page(name)}?demo=1")
        assert page.get_by_text("Demo: do not use real passwords").is_visible(), name
    page.goto(gallery.page("sign_in"))
    assert page.get_by_text("Demo:").count() == 0


def test_the_demo_tells_its_account_on_the_sign_in_page(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(f"{gallery.page('sign_in')}?demo=1")
    assert "demouser with the password Password1" in page.locator("main").inner_text()
    page.goto(gallery.page("sign_in"))
    assert "Password1" not in page.content()


def test_trouble_gives_a_reference_and_an_unproved_request_no_link(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(gallery.page("error"))
    assert "01a4-7c2e" in page.locator("footer").inner_text()
    assert page.locator("a").count() == 0


def test_what_is_hidden_is_not_seen(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    seen = {}
    for name in GALLERY:
        page.goto(gallery.page(name))
        if hidden := page.locator("[hidden]").all():
            seen[name] = [one.is_visible() for one in hidden]
    assert "removal" in seen
    assert [name for name, visible in seen.items() if any(visible)] == []
