"""Forms from other sites, and forms of other browsers."""

from typing import Final

import httpx
import pytest

from support_app import BASE, REGISTRATION_CLIENT, Browser, Instance, Keyfob, Pkce, answer_of, form_action, form_state
from support_sql import Row, records, rows

SIGN_IN: Final = "/authn/authentication/username-password"
CONFIRM: Final = "/authn/authentication/confirm"
GOOD: Final = {"username": "demouser", "password": "Password1"}
OTHER_SITES: Final[tuple[dict[str, str], ...]] = (
    {"origin": "https://evil.example"},
    {"sec_fetch_site": "cross-site", "origin": "null"},
    {"origin": "http://127.0.0.1:9999"},
    {"origin": "https://127.0.0.1:8443"},
    {"origin": f"{BASE}.evil.example"},
    {"origin": ""},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
    {"sec_fetch_site": "none"},
    {"sec_fetch_site": ""},
    {"sec_fetch_site": "cross-site", "origin": BASE},
)


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


def sessions(keyfob: Keyfob) -> list[Row]:
    return rows(keyfob.database, "select * from sessions order by 1")


def forbidden(answer: httpx.Response) -> None:
    assert answer.status_code == 403
    assert "This page is out of date" in answer.text
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers


def asked_to_register(keyfob: Keyfob, browser: Browser) -> httpx.Response:
    """The page with a button that a person gets who has just given the password."""
    keyfob.initial_token(browser)
    page = keyfob.authorize(browser, Pkce(), client_id=REGISTRATION_CLIENT, scope="dcr", nonce="")
    assert form_action(page) == CONFIRM
    return page


@pytest.mark.parametrize("headers", OTHER_SITES, ids=str)
def test_h1_a_sign_in_form_that_another_site_posts_is_refused(
    keyfob: Keyfob, instance: Instance, headers: dict[str, str]
) -> None:
    browser = keyfob.browser()
    page = keyfob.authorize(browser, Pkce(), client_id=instance.client_id)
    before = sessions(keyfob)
    forbidden(browser.post(SIGN_IN, {"state": form_state(page), **GOOD}, **headers))
    assert sessions(keyfob) == before


@pytest.mark.parametrize(
    "headers", [{"origin": BASE}, {"sec_fetch_site": "same-origin", "origin": "null"}, {"origin": "null"}, {}], ids=str
)
def test_h1_a_form_of_our_own_page_is_taken_as_browsers_send_it(
    keyfob: Keyfob, instance: Instance, headers: dict[str, str]
) -> None:
    browser = keyfob.browser()
    page = keyfob.authorize(browser, Pkce(), client_id=instance.client_id)
    assert "code" in answer_of(browser.post(SIGN_IN, {"state": form_state(page), **GOOD}, **headers))


@pytest.mark.parametrize("headers", OTHER_SITES, ids=str)
def test_h1_a_click_on_another_site_registers_no_device(keyfob: Keyfob, headers: dict[str, str]) -> None:
    browser = keyfob.browser()
    page = asked_to_register(keyfob, browser)
    before = records(keyfob.database)
    forbidden(browser.post(CONFIRM, {"state": form_state(page), "allow": "1"}, **headers))
    assert records(keyfob.database) == before


@pytest.mark.parametrize("state", ["", "x", "A" * 400, "1.1.20000.AAAA.AAAA"])
def test_h1_a_sign_in_without_a_state_of_ours_is_refused(keyfob: Keyfob, instance: Instance, state: str) -> None:
    browser = keyfob.browser()
    keyfob.authorize(browser, Pkce(), client_id=instance.client_id)
    before = sessions(keyfob)
    forbidden(browser.post(SIGN_IN, {"state": state, **GOOD}))
    forbidden(browser.post(CONFIRM, {"state": state, "allow": "1"}))
    assert sessions(keyfob) == before


def test_h1_nobody_is_signed_in_by_a_form_that_another_browser_was_shown(keyfob: Keyfob, instance: Instance) -> None:
    attacker, victim = keyfob.browser(), keyfob.browser()
    theirs = form_state(keyfob.authorize(attacker, Pkce(), client_id=instance.client_id))
    keyfob.authorize(victim, Pkce(), client_id=instance.client_id)
    before = sessions(keyfob)
    for browser in (victim, keyfob.browser()):
        forbidden(browser.post(SIGN_IN, {"state": theirs, "username": "admin", "password": "Password1"}))
    assert sessions(keyfob) == before
    assert "session" not in " ".join(victim.cookies)


def test_h1_a_click_is_bound_to_the_browser_that_was_shown_the_question(keyfob: Keyfob) -> None:
    attacker, victim = keyfob.browser(), keyfob.browser()
    theirs = form_state(asked_to_register(keyfob, attacker))
    keyfob.initial_token(victim)
    forbidden(victim.post(CONFIRM, {"state": theirs, "allow": "1"}))


def test_h1_a_click_counts_only_for_the_session_that_was_asked(keyfob: Keyfob) -> None:
    browser = keyfob.browser()
    page = asked_to_register(keyfob, browser)
    keyfob.initial_token(browser)
    answer = browser.submit(page, allow="1")
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert "This page is out of date" in answer.text


def test_h1_a_state_of_one_form_does_not_open_another(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    sign_in = form_state(keyfob.authorize(browser, Pkce(), client_id=instance.client_id))
    forbidden(browser.post(CONFIRM, {"state": sign_in, "allow": "1"}))
    question = form_state(asked_to_register(keyfob, browser))
    forbidden(browser.post(SIGN_IN, {"state": question, **GOOD}))


def test_h1_a_form_that_stood_open_for_half_an_hour_signs_nobody_in(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    page = keyfob.authorize(browser, Pkce(), client_id=instance.client_id)
    keyfob.clock.forward(1800)
    before = sessions(keyfob)
    answer = browser.sign_in(page)
    assert (answer.status_code, answer.headers.get("location"), sessions(keyfob)) == (400, None, before)
    assert "set-cookie" not in answer.headers
    assert 'href="/oauth/v2/oauth-authorize?response_type=code&amp;redirect_uri=' in answer.text


@pytest.mark.parametrize("path", [SIGN_IN, CONFIRM])
def test_h1_forms_are_taken_by_post_alone(keyfob: Keyfob, path: str) -> None:
    answer = keyfob.request("GET", path, params=GOOD)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_h1_a_state_in_the_address_counts_for_nothing(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    state = form_state(keyfob.authorize(browser, Pkce(), client_id=instance.client_id))
    forbidden(browser.post(f"{SIGN_IN}?state={state}", GOOD))
