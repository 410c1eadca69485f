"""Initial tokens that administrators issue at the pages: shown once, good for registering, taken back."""

import html
import re

import httpx
import pytest

from support_admin import AdminBrowser, an_administrator
from support_app import REDIRECT, Keyfob
from support_sql import rows

LIST = "/admin/initial-tokens"


@pytest.fixture
def browser(keyfob: Keyfob) -> AdminBrowser:
    return an_administrator(keyfob)


def issue(browser: AdminBrowser, **fields: str) -> httpx.Response:
    return browser.submit(
        browser.get(f"{LIST}/new"), **({"lifetime_s": "3600", "uses": "1", "reason": "a try"} | fields)
    )


def token_of(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    found = re.search(r'id="token">([^<]+)</code>', page.text)
    assert found
    return html.unescape(found[1])


def test_a_token_is_shown_once_and_registers_as_often_as_was_said(keyfob: Keyfob, browser: AdminBrowser) -> None:
    page = issue(browser, uses="2", user_name="DemoUser", note="for the shop floor")
    token = token_of(page)
    assert page.headers["cache-control"] == "no-store"
    assert [keyfob.register(token).status_code for _ in range(3)] == [201, 201, 401]
    listed = browser.get(LIST)
    assert token not in listed.text
    for part in ("for the shop floor", "2 used, 0 left", "Used up", "demouser"):
        assert part in listed.text
    stored = b"".join(
        path.read_bytes() for path in keyfob.database.parent.iterdir() if path.name.startswith(keyfob.database.name)
    )
    assert token.encode() not in stored


def test_a_revoked_token_registers_nothing(keyfob: Keyfob, browser: AdminBrowser) -> None:
    token = token_of(issue(browser, uses=""))
    assert keyfob.register(token).status_code == 201
    (token_id,) = rows(keyfob.database, "select max(id) from initial_tokens")[0]
    page = browser.get(f"/admin/initial-token-changes?id={token_id!s}")
    assert "any number left" in page.text
    assert browser.submit(page, reason="").status_code == 422
    assert browser.submit(page, reason="printed twice").status_code == 303
    assert keyfob.register(token).status_code == 401
    assert browser.submit(page, reason="printed twice").status_code == 404
    (told,) = rows(keyfob.database, "select actor, reason from audit where event = 'initial_token.revoked'")
    assert told == ("admin page: admin", "printed twice")


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"uses": "0"}, "1 to 1000000 uses"),
        ({"uses": "many"}, "1 to 1000000 uses"),
        ({"lifetime_s": "1"}, "60 seconds to 90 days"),
        ({"lifetime_s": ""}, "60 seconds to 90 days"),
        ({"user_name": "nobody"}, "No account of that user name"),
        ({"template": "nothing"}, "No template of that id"),
        ({"redirect_uris": "javascript:alert(1)"}, "redirect URI"),
        ({"note": "a\u202eb"}, "A note has"),
        ({"reason": ""}, "Say why"),
    ],
    ids=str,
)
def test_what_cannot_be_comes_back_as_it_was_typed(
    keyfob: Keyfob, browser: AdminBrowser, fields: dict[str, str], part: str
) -> None:
    before = rows(keyfob.database, "select count(*) from initial_tokens")
    page = issue(browser, **fields)
    assert (page.status_code, part in page.text) == (422, True)
    assert rows(keyfob.database, "select count(*) from initial_tokens") == before


def test_a_token_may_be_for_certain_redirect_uris_alone(keyfob: Keyfob, browser: AdminBrowser) -> None:
    token = token_of(issue(browser, redirect_uris=f" {REDIRECT}  com.example.app:/callback "))
    refused = keyfob.register(token, {"redirect_uris": ["com.example.other:/callback"]})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_redirect_uri")


def test_what_is_no_token_is_404(browser: AdminBrowser) -> None:
    assert browser.get("/admin/initial-token-changes?id=x").status_code == 404
    assert browser.get("/admin/initial-token-changes").status_code == 404
