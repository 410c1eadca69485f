"""What apps and administrators wrote is text on every admin page: no page changes its structure with it."""

import unicodedata
from html.parser import HTMLParser

import httpx
import pytest

from support_admin import AdminBrowser, an_administrator
from support_app import Instance, Keyfob
from support_script_payloads import EVERY_PAYLOAD

PLAIN = "Plain Name"


class Structure(HTMLParser):
    """The elements of a page and the names of their attributes: what text can never change."""

    def __init__(self, page: httpx.Response) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.feed(page.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.elements.append(("/", tag))

    def handle_comment(self, _data: str) -> None:
        self.elements.append(("comment",))


MEMBERS = ("client_name", "client_name#ja", "instance_name", "instance_platform", "software_id", "software_version")


def named(keyfob: Keyfob, text: str) -> Instance:
    """Whatever it says of itself is the text, without the control characters that no registration takes."""
    said = "".join(character for character in text if unicodedata.category(character) != "Cc")
    return keyfob.new_instance(None, contacts=[said], **dict.fromkeys(MEMBERS, said))


def pages_of(browser: AdminBrowser, instance: Instance, text: str) -> dict[str, httpx.Response]:
    """Every page that shows something of the instance, or gives back what was asked for."""
    asked = browser.get(f"/admin/instances/change?act=suspend&id={instance.client_id}")
    return {
        "list": browser.get(f"/admin/instances?by=client_id&text={instance.client_id}"),
        "story": browser.get(f"/admin/instances/{instance.client_id}"),
        "question": asked,
        "refused reason": browser.submit(asked, reason=f"\u202e{text}"),
        "receipt": browser.submit(asked, reason=text.replace("\u202e", "").replace("\t", " ")),
        "story with history": browser.get(f"/admin/instances/{instance.client_id}"),
        "again": browser.submit(asked, reason="again"),
        "nothing found": browser.get(f"/admin/instances?{httpx.QueryParams({'by': 'template', 'text': text})}"),
        "nobody": browser.get(f"/admin/accounts?{httpx.QueryParams({'text': text, 'after': text})}"),
        "no token": browser.get(f"/admin/initial-token-changes?{httpx.QueryParams({'id': text})}"),
        "no template": browser.get(f"/admin/template?{httpx.QueryParams({'id': text})}"),
        "new token": browser.submit(browser.get("/admin/initial-tokens/new"), note=text, uses=text, reason=text),
    }


@pytest.fixture
def browser(keyfob: Keyfob) -> AdminBrowser:
    return an_administrator(keyfob)


@pytest.mark.parametrize("payload", EVERY_PAYLOAD, ids=range(len(EVERY_PAYLOAD)))
def test_j3_no_text_of_a_stranger_changes_what_an_admin_page_is_made_of(
    keyfob: Keyfob, browser: AdminBrowser, payload: str
) -> None:
    plain = pages_of(browser, named(keyfob, PLAIN), PLAIN)
    hostile = pages_of(browser, named(keyfob, payload), payload)
    assert PLAIN in plain["story"].text
    assert PLAIN in plain["receipt"].text
    for name, page in hostile.items():
        assert (name, page.status_code) == (name, plain[name].status_code)
        assert (name, Structure(page).elements) == (name, Structure(plain[name]).elements)


@pytest.mark.parametrize("path", ["/admin/audit", "/admin/instances", "/admin/accounts"])
def test_j3_no_admin_page_holds_a_script_or_an_event_handler(keyfob: Keyfob, browser: AdminBrowser, path: str) -> None:
    for payload in EVERY_PAYLOAD[:8]:
        pages_of(browser, named(keyfob, payload), payload)
    elements = Structure(browser.get(path)).elements
    assert not [one for one in elements if one[0] in {"script", "iframe", "svg", "details", "object"}]
    assert not [name for one in elements for name in one[1:] if name.startswith("on")]


def test_f13_the_policy_of_every_admin_page_lets_nothing_run_and_nothing_load(
    keyfob: Keyfob, browser: AdminBrowser
) -> None:
    for name, page in pages_of(browser, named(keyfob, PLAIN), PLAIN).items():
        policy = page.headers["content-security-policy"]
        assert policy == (
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        ), name
        assert page.headers["cache-control"] == "no-store"
