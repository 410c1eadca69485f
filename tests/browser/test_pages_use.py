"""How the pages are used: by keyboard, by password managers and screen readers, without JavaScript."""

import pytest
from playwright.sync_api import Page

from support_browser import PageAt
from support_page_gallery import PageGallery

pytestmark = pytest.mark.browser

FOCUS_RING = "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth)])(getComputedStyle(%s))"


def walk_by_tab(page: Page) -> list[str]:
    """What the tab key reaches, in order, until it leaves the page; each thing by its name or its words."""
    page.evaluate("document.activeElement.blur(); document.getSelection().removeAllRanges()")
    page.evaluate("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')")
    reached: list[str] = []
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return reached
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.innerText"))
    raise AssertionError(f"the tab key never leaves: {reached}")


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("sign_in", ["username", "password", "Sign in", "Cancel"]),
        ("sign_in_registering", ["username", "password", "Sign in and register", "Cancel"]),
        ("confirm", ["Allow", "Cancel", "Not you? Use another account"]),
        ("confirm_registering", ["Register this device", "Cancel", "Not you? Use another account"]),
        ("sign_out", ["Sign out", "Stay signed in"]),
        ("removal_for_room", ["password", "Remove it and go on", "Keep it"]),
        ("no_room", ["Remove this one"] * 3 + ["Cancel"]),
        ("no_room_perhaps", ["Go on without removing one", "Cancel"] + ["Remove this one"] * 3),
        ("no_room_today", ["Go back to the app"]),
        ("stale", ["Start again"]),
        ("error_back", ["Go back to app.example"]),
    ],
)
def test_the_tab_key_goes_in_reading_order(gallery: PageGallery, page_at: PageAt, name: str, order: list[str]) -> None:
    page = page_at()
    page.goto(gallery.page(name))
    assert walk_by_tab(page) == order


@pytest.mark.parametrize("forced_colors", [False, True])
@pytest.mark.parametrize("dark", [False, True])
def test_the_focus_is_always_seen(gallery: PageGallery, page_at: PageAt, dark: bool, forced_colors: bool) -> None:  # noqa: FBT001 - a table's columns
    page = page_at(dark=dark, forced_colors=forced_colors)
    for name in ("sign_in", "confirm", "sign_out", "stale", "error_back", "no_room", "removal_for_room"):
        page.goto(gallery.page(name))
        page.keyboard.press("Tab")
        style, pixels = page.evaluate(FOCUS_RING % "document.activeElement")
        assert (style, pixels >= 2) == ("solid", True), name
    page.goto(gallery.page("confirm"))
    assert page.evaluate(FOCUS_RING % "document.querySelector('button')")[0] == "none"


@pytest.mark.parametrize(
    ("name", "focused"),
    [
        ("sign_in", "username"),
        ("sign_in_hinted", "password"),
        ("sign_in_wrong", "password"),
        ("sign_in_empty", "username"),
        ("confirm", ""),
        ("sign_out", ""),
    ],
)
def test_the_focus_begins_where_the_person_goes_on(
    gallery: PageGallery, page_at: PageAt, name: str, focused: str
) -> None:
    page = page_at()
    page.goto(gallery.page(name))
    assert page.evaluate("document.activeElement.id") == focused


def test_an_error_is_announced_and_tied_to_its_field(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(gallery.page("sign_in_wrong"))
    alert = page.get_by_role("alert")
    assert alert.inner_text() == "That user name and password do not belong together. Try again."
    password = page.get_by_label("Password")
    assert password.get_attribute("aria-invalid") == "true"
    assert password.get_attribute("aria-describedby") == alert.get_attribute("id")
    assert page.get_by_label("User name").get_attribute("aria-invalid") is None
    assert page.title() == "Error: Sign in · Keyfob"


def test_password_managers_know_the_fields(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at()
    page.goto(gallery.page("sign_in_hinted"))
    assert page.get_by_label("User name").get_attribute("autocomplete") == "username"
    assert page.get_by_label("User name").input_value() == "demouser"
    assert page.get_by_label("Password").get_attribute("autocomplete") == "current-password"
    assert page.get_by_label("Password").get_attribute("type") == "password"


@pytest.mark.parametrize("javascript", [False, True])
def test_signing_in_needs_no_javascript(gallery: PageGallery, page_at: PageAt, javascript: bool) -> None:  # noqa: FBT001 - a table's column
    page = page_at(390, javascript=javascript)
    page.goto(gallery.page("sign_in_registering"))
    page.get_by_label("User name").fill("demouser")
    page.get_by_label("Password").fill("Password1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submitted")
    assert gallery.posts[-1] == {"state": "1.a7.20780.c2VhbGVk", "username": "demouser", "password": "Password1"}


def test_cancelling_needs_neither_javascript_nor_a_password(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at(javascript=False)
    page.goto(gallery.page("sign_in"))
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url("**/submitted")
    assert gallery.posts[-1]["cancel"] == "1"
    assert "allow" not in gallery.posts[-1]


def test_an_empty_form_is_not_sent(gallery: PageGallery, page_at: PageAt) -> None:
    page = page_at(javascript=False)
    page.goto(gallery.page("sign_in"))
    sent = len(gallery.posts)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("User name").fill("demouser")
    assert len(gallery.posts) == sent
    assert page.url == gallery.page("sign_in")


@pytest.mark.parametrize(
    ("page_name", "button", "member"),
    [
        ("confirm", "Allow", "allow"),
        ("confirm_registering", "Register this device", "allow"),
        ("confirm", "Cancel", "cancel"),
        ("confirm", "Not you? Use another account", "switch"),
        ("no_room_perhaps", "Go on without removing one", "go_on"),
        ("no_room_today", "Go back to the app", "cancel"),
        ("sign_out", "Sign out", "sign_out"),
        ("sign_out", "Stay signed in", "stay"),
    ],
)
def test_each_button_says_what_it_is(
    gallery: PageGallery, page_at: PageAt, page_name: str, button: str, member: str
) -> None:
    page = page_at(javascript=False)
    page.goto(gallery.page(page_name))
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/submitted")
    assert gallery.posts[-1] == {"state": "1.a7.20780.c2VhbGVk", member: "1"}
