"""The page of dynamic registration: what it shows is in force, and what it saves is too."""

from collections.abc import Iterator

import httpx
import pytest

from support_admin import ADMIN_BASE, AdminBrowser, an_administrator
from support_app import REGISTER, Keyfob, bearer
from support_sql import change, value

PATH = "/admin/registration"
FIELDS = {
    "enabled": "1",
    "authenticate": "user",
    "templatized": "1",
    "non_templatized": "1",
    "initial_token_lifetime_s": "300",
    "allowed_scopes": "openid profile email phone address",
    "reason": "a try",
}


@pytest.fixture
def browser(keyfob: Keyfob) -> AdminBrowser:
    return an_administrator(keyfob)


@pytest.fixture(autouse=True)
def as_the_file_says_afterwards(keyfob: Keyfob) -> Iterator[None]:
    yield
    change(keyfob.database, "delete from settings where name = 'registration'")


def save(browser: AdminBrowser, **changes: str) -> httpx.Response:
    fields = {name: text for name, text in (FIELDS | changes).items() if text}
    return browser.submit(browser.get(PATH), **fields)


def stored(keyfob: Keyfob) -> object:
    return value(keyfob.database, "select value from settings where name = 'registration'")


def authenticate(keyfob: Keyfob) -> str:
    return keyfob.installation.settings.policy.registration.authenticate


def test_what_the_settings_file_says_is_shown_and_saving_it_decides_nothing(
    keyfob: Keyfob, browser: AdminBrowser
) -> None:
    page = browser.get(PATH)
    assert f'value="{authenticate(keyfob)}" checked' in page.text
    assert 'name="enabled" value="1" checked' in page.text
    assert "Do as the settings file says" not in page.text
    assert save(browser, authenticate=authenticate(keyfob)).status_code == 303
    assert stored(keyfob) == ""


def test_registration_is_switched_off_and_on_from_the_page(keyfob: Keyfob, browser: AdminBrowser) -> None:
    token = keyfob.initial_token()
    answer = save(browser, enabled="", authenticate=authenticate(keyfob), reason="a flood")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ADMIN_BASE}{PATH}?saved=1")
    assert "Saved. It is in force" in browser.get(answer.headers["location"]).text
    assert stored(keyfob) == '{"enabled": false}'
    assert keyfob.request("POST", REGISTER, json={}, headers=bearer(token)).status_code == 404
    assert "a flood" in browser.get(PATH).text
    again = browser.submit(browser.get(PATH), reset="1", reason="over")
    assert again.status_code == 303
    assert keyfob.register(token).status_code == 201


def test_everything_can_be_decided_at_once(keyfob: Keyfob, browser: AdminBrowser) -> None:
    answer = save(
        browser,
        authenticate="client",
        templatized="",
        initial_token_lifetime_s=" 60 ",
        allowed_scopes=" openid   email ",
    )
    assert answer.status_code == 303
    assert stored(keyfob) == (
        '{"allowed_scopes": ["openid", "email"], "authenticate": "client", "initial_token_lifetime_s": 60,'
        ' "templatized": false}'
    )
    page = browser.get(PATH)
    assert 'value="client" checked' in page.text
    assert 'value="openid email"' in page.text


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"initial_token_lifetime_s": "5"}, "10 to 7776000 seconds"),
        ({"initial_token_lifetime_s": "-60"}, "10 to 7776000 seconds"),
        ({"initial_token_lifetime_s": "ten"}, "10 to 7776000 seconds"),
        ({"initial_token_lifetime_s": "\u0661\u0662"}, "10 to 7776000 seconds"),
        ({"allowed_scopes": "openid dcr"}, "never for what was registered"),
        ({"allowed_scopes": ""}, "1 to 100 different scopes"),
        ({"templatized": "", "non_templatized": ""}, "with a template, without one, or both"),
        ({"authenticate": "anybody"}, "user, client or both"),
        ({"reason": ""}, "Say why"),
    ],
    ids=str,
)
def test_what_cannot_be_comes_back_as_it_was_typed(
    keyfob: Keyfob, browser: AdminBrowser, changes: dict[str, str], part: str
) -> None:
    answer = save(browser, **changes)
    assert (answer.status_code, part in answer.text) == (422, True)
    typed = changes.get("initial_token_lifetime_s")
    assert typed is None or f'value="{typed}"' in answer.text
    assert keyfob.run(keyfob.installation.store.stored_settings.get("registration")) == ""


def test_of_two_open_pages_the_second_changes_nothing_and_shows_what_is_so_now(browser: AdminBrowser) -> None:
    first, second = browser.get(PATH), browser.get(PATH)
    assert browser.submit(first, **(FIELDS | {"allowed_scopes": "openid"})).status_code == 303
    late = browser.submit(second, **(FIELDS | {"allowed_scopes": "email"}))
    assert (late.status_code, "Somebody else changed" in late.text) == (409, True)
    assert 'value="openid"' in late.text
