"""How old an administrator's password may be is judged where the sign-in ends, whatever became of the request."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from support_admin import AdminBrowser, add_account, an_administrator, form_token
from support_app import BASE, Keyfob, running_keyfob

PAGE = "/admin/instances"


@pytest.fixture
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        add_account(running, "boss", "owner")
        yield running


def without(browser: AdminBrowser, *names: str) -> httpx.Response:
    """Where the sign-in leads when somebody takes parameters out of its authorization request."""
    parts = urlsplit(browser.get("/admin/sign-in", follow=False).headers["location"])
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in names]
    assert len(kept) < len(parse_qsl(parts.query))
    return browser.get(f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode(kept)}")


def is_inside(browser: AdminBrowser) -> bool:
    return browser.get(PAGE, follow=False).status_code == 200


def test_sixteen_quiet_minutes_are_not_undone_by_single_sign_on(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob, "boss")
    keyfob.clock.forward(16 * 60)
    without(browser, "max_age")
    assert not is_inside(browser)


def test_the_end_after_eight_hours_is_not_undone_by_single_sign_on(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob, "boss")
    for _ in range(40):
        keyfob.clock.forward(13 * 60)
        browser.get(PAGE, follow=False)
        browser.get(f"{BASE}/devices", follow=False)
    without(browser, "max_age")
    assert not is_inside(browser)


def test_a_sign_out_is_not_undone_by_single_sign_on(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob, "boss")
    keyfob.clock.forward(1)
    assert "You are signed out" in browser.post("/admin/sign-out", {"form_token": form_token(browser.get(PAGE))}).text
    without(browser, "prompt", "max_age")
    assert not is_inside(browser)


def test_a_fresh_password_still_signs_in(keyfob: Keyfob) -> None:
    assert is_inside(an_administrator(keyfob, "boss"))
