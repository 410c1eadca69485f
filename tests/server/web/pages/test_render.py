from html.parser import HTMLParser
from typing import get_args

import pytest

from keyfob_server.web.pages.render import TEMPLATES, DemoAccount, Pages
from keyfob_server.web.pages.views import ErrorView, MessageView, NotFoundView, SignInView, UnavailableView, View
from support_page_gallery import GALLERY, views_saying
from support_script_payloads import EVERY_PAYLOAD

PAGES = Pages(https=False)


class Outline(HTMLParser):
    """The elements of a page with the names of their attributes, and no text."""

    def __init__(self, page: bytes | memoryview) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.feed(bytes(page).decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))


def outline(view: View, request_id: str = "") -> list[tuple[str, tuple[str, ...]]]:
    return Outline(PAGES.render(view, request_id=request_id).body).elements


def test_every_view_has_a_template() -> None:
    assert set(TEMPLATES) == set(get_args(View))


def test_the_gallery_shows_every_view() -> None:
    assert {type(view) for view in GALLERY.values()} == set(get_args(View))


@pytest.mark.parametrize("name", views_saying(""))
def test_f13_no_text_adds_an_element_or_an_attribute_to_any_page(name: str) -> None:
    expected = outline(views_saying("x")[name], "x")
    for payload in EVERY_PAYLOAD:
        assert (payload, outline(views_saying(payload)[name], payload)) == (payload, expected)


def test_the_outline_sees_what_escaping_would_have_stopped() -> None:
    assert Outline(b"<p><bdi><img src=x onerror=alert(1)></bdi>").elements[-1] == ("img", ("src", "onerror"))


@pytest.mark.parametrize("payload", ["{{ 7 * 7 }}", "{% raw %}", "${7*7}"])
def test_h14_no_text_is_read_as_a_template(payload: str) -> None:
    body = bytes(PAGES.render(MessageView(title=payload, text=payload)).body).decode()
    assert payload in body
    assert "49" not in body


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (ErrorView(title="No", text="No."), 400),
        (NotFoundView(), 404),
        (UnavailableView(2), 503),
        (GALLERY["sign_in"], 200),
    ],
)
def test_each_view_has_its_usual_status_and_the_caller_may_say_another(view: View, status: int) -> None:
    assert PAGES.render(view).status_code == status
    assert PAGES.render(view, status=403).status_code == 403


def test_a_busy_server_says_when_to_come_back() -> None:
    assert PAGES.render(UnavailableView(retry_after_s=7)).headers["retry-after"] == "7"


def test_text_that_is_no_unicode_does_not_stop_a_page() -> None:
    view = SignInView(app_name="a\ud800", action="/x", state="s", user_name="b\udfff")
    assert PAGES.render(view).status_code == 200


def test_a_page_says_the_name_that_the_product_goes_by() -> None:
    body = bytes(Pages(https=False, product_name="Acme ID <1>").render(NotFoundView()).body).decode()
    assert "Page not found · Acme ID &lt;1&gt;" in body
    assert "Keyfob" not in body


def test_only_a_demo_tells_a_password() -> None:
    demo = Pages(https=False, demo=DemoAccount("demouser", "Password1"))
    assert b"Password1" in bytes(demo.render(GALLERY["sign_in"]).body)
    assert b"Password1" not in bytes(PAGES.render(GALLERY["sign_in"]).body)


def test_no_page_holds_an_inline_style_and_only_the_one_that_posts_an_answer_a_script_which_is_a_file() -> None:
    for name, view in GALLERY.items():
        elements = outline(view)
        scripts = [attributes for tag, attributes in elements if tag == "script"]
        assert scripts == ([("src",)] if name == "form_post" else []), name
        for tag, attributes in elements:
            assert tag not in {"style", "object", "iframe"}, name
            assert not [attribute for attribute in attributes if attribute == "style" or attribute.startswith("on")], (
                name
            )
