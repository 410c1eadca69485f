"""What comes in by the address or a form is text on the page, and the page's policy allows no script at all."""

from html.parser import HTMLParser
from typing import Final
from urllib.parse import quote, urlencode

import httpx
import pytest

from support_app import LOGOUT, Instance, Keyfob, Pkce, authorize_path
from support_script_payloads import EVERY_PAYLOAD

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{}; "
    "base-uri 'none'; frame-ancestors 'none'"
)
ACTIVE: Final = frozenset({"script", "style", "iframe", "object", "embed", "base", "template", "details", "math"})


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


class Outline(HTMLParser):
    """The elements and attributes of a page, and the values that its fields come with."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.fields: dict[str, str] = {}
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        given = dict(attrs)
        if tag == "input":
            self.fields[given.get("name") or ""] = given.get("value") or ""


def harmless(answer: httpx.Response) -> Outline:
    outline = Outline(answer)
    assert set(outline.elements) & ACTIVE == set()
    assert [name for name in outline.attributes if name.startswith("on") or name in {"style", "srcdoc"}] == []
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return outline


def same_page(answer: httpx.Response, plain: httpx.Response) -> Outline:
    """A page with exactly the elements of the one that a harmless request gets."""
    outline = harmless(answer)
    assert (answer.status_code, outline.elements) == (plain.status_code, Outline(plain).elements)
    assert answer.headers["content-security-policy"] == plain.headers["content-security-policy"]
    return outline


@pytest.mark.parametrize("name", ["login_hint", "ui_locales", "acr_values", "state", "nonce", "unknown"])
def test_h14_a_parameter_of_the_request_changes_no_element_of_the_sign_in_page(
    keyfob: Keyfob, instance: Instance, name: str
) -> None:
    plain = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, **{name: "plain"})
    assert plain.headers["content-security-policy"] == POLICY.format(" io.curity.dcrclient:")
    # a nonce beyond printable ASCII is refused by redirect
    for payload in (text for text in EVERY_PAYLOAD if name != "nonce" or (text.isascii() and text.isprintable())):
        answer = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, **{name: payload})
        assert same_page(answer, plain).fields["username"] == (payload if name == "login_hint" else "")


def test_h14_a_user_name_comes_back_as_the_text_that_was_typed(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    page = keyfob.authorize(browser, Pkce(), client_id=instance.client_id)
    plain = browser.sign_in(page, "plain", "wrong")
    for payload in EVERY_PAYLOAD:
        assert same_page(browser.sign_in(page, payload, "wrong"), plain).fields["username"] == payload


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "response_type", "prompt", "scope"])
def test_h14_a_refused_request_shows_nothing_of_what_it_held(keyfob: Keyfob, instance: Instance, name: str) -> None:
    for payload in EVERY_PAYLOAD:
        answer = keyfob.authorize(keyfob.browser(), Pkce(), **({"client_id": instance.client_id} | {name: payload}))
        if name in {"client_id", "redirect_uri"}:
            assert answer.status_code == 400
            harmless(answer)
            assert payload not in answer.text
            assert answer.headers["content-security-policy"] == POLICY.format("")
        else:
            assert answer.headers["location"].startswith("io.curity.dcrclient:/callback?error=")
            assert not set(answer.headers["location"]) & set("<>\"' \r\n")
            assert answer.text == ""


@pytest.mark.parametrize("name", ["client_id", "post_logout_redirect_uri", "state", "id_token_hint", "logout_hint"])
def test_h14_the_sign_out_page_shows_nothing_of_what_the_request_held(
    keyfob: Keyfob, instance: Instance, name: str
) -> None:
    browser = keyfob.browser()
    keyfob.code_for(instance, browser, Pkce())
    plain = browser.get(LOGOUT)
    for payload in EVERY_PAYLOAD:
        answer = browser.get(f"{LOGOUT}?{urlencode({name: payload})}")
        same_page(answer, plain)
        assert payload not in answer.text


def test_h14_a_page_that_does_not_exist_shows_nothing_of_its_address(keyfob: Keyfob) -> None:
    for payload in EVERY_PAYLOAD:
        answer = keyfob.request("GET", f"/nothing/{quote(payload, safe='')}?{urlencode({'q': payload})}")
        assert answer.status_code == 404
        harmless(answer)
        assert payload not in answer.text


def test_h14_an_out_of_date_form_leads_back_by_an_address_that_holds_no_markup(
    keyfob: Keyfob, instance: Instance
) -> None:
    for payload in EVERY_PAYLOAD:
        browser = keyfob.browser()
        page = keyfob.authorize(browser, Pkce(), client_id=instance.client_id, login_hint=payload)
        browser.cookies.clear()
        answer = browser.sign_in(page)
        assert answer.status_code == 403
        harmless(answer)
        assert payload not in answer.text


def test_h14_an_over_long_hint_is_refused_by_redirect(keyfob: Keyfob, instance: Instance) -> None:
    answer = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, login_hint="x" * 257)
    assert "error=invalid_request" in answer.headers["location"]


def test_h14_the_pages_of_a_client_that_is_not_known_name_no_place_for_forms(keyfob: Keyfob) -> None:
    answer = keyfob.request("GET", authorize_path(client_id="x", redirect_uri="https://evil.example/"))
    assert answer.headers["content-security-policy"] == POLICY.format("")
