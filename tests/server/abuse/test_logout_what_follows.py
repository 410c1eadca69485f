"""After signing out: the state that comes back, the session that is over, and the app's tokens that are not."""

from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from support_app import LOGGED_OUT, LOGOUT, REGISTRATION_CLIENT, Browser, Instance, Keyfob, Pkce, Tokens, answer_of
from support_app import tokens_of as tokens_in
from support_script_payloads import EVERY_PAYLOAD
from support_sql import rows


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


def signed_in(keyfob: Keyfob, instance: Instance, browser: Browser) -> Tokens:
    pkce = Pkce()
    return tokens_in(keyfob.redeem(instance, keyfob.code_for(instance, browser, pkce), pkce))


def sign_out(browser: Browser, tokens: Tokens, **more: str) -> httpx.Response:
    sent = {"id_token_hint": tokens.id_token, "post_logout_redirect_uri": LOGGED_OUT, **more}
    return browser.get(str(httpx.URL(LOGOUT, params=sent)))


def test_i4_whatever_the_state_holds_it_comes_back_as_one_parameter(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    tokens = signed_in(keyfob, instance, browser)
    for state in (*EVERY_PAYLOAD, "a&code=stolen", "a#b", "a\r\nSet-Cookie: a=b", "ü ☃ 𝄞", "%41", "+ +", "x" * 2048):
        answer = sign_out(browser, tokens, state=state)
        location = answer.headers["location"]
        assert answer.status_code == 303
        assert location.isascii()
        assert not set(location) & set("<>\"'\\ \r\n#")
        assert location.startswith(f"{LOGGED_OUT}?state=")
        assert parse_qsl(urlsplit(location).query) == [("state", state)]


def test_i4_the_state_survives_the_question_to_the_person(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    signed_in(keyfob, instance, browser)
    state = "<script>&code=x"
    sent = {"client_id": instance.client_id, "post_logout_redirect_uri": LOGGED_OUT, "state": state}
    page = browser.get(str(httpx.URL(LOGOUT, params=sent)))
    assert state not in page.text
    answer = browser.submit(page, sign_out="1")
    assert answer_of(answer) == {"state": state}


def test_i4_no_state_comes_back_that_was_not_sent(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    answer = sign_out(browser, signed_in(keyfob, instance, browser))
    assert answer.headers["location"] == LOGGED_OUT


def test_i4_a_state_that_is_too_long_leads_to_a_page(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    answer = sign_out(browser, signed_in(keyfob, instance, browser), state="x" * 2049)
    assert (answer.status_code, answer.headers.get("location")) == (200, None)


@pytest.mark.parametrize("by", ["hint", "click"])
def test_i5_signing_out_ends_the_session_for_every_app_of_the_browser(
    keyfob: Keyfob, instance: Instance, by: str
) -> None:
    browser, other = keyfob.browser(), keyfob.new_instance()
    tokens = signed_in(keyfob, instance, browser)
    signed_in(keyfob, other, browser)
    kept = dict(browser.cookies)
    answer = sign_out(browser, tokens) if by == "hint" else browser.submit(browser.get(LOGOUT), sign_out="1")
    assert answer.headers["set-cookie"] == "keyfob-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    browser.cookies = kept
    for client_id in (instance.client_id, other.client_id):
        silent = keyfob.authorize(browser, Pkce(), client_id=client_id, prompt="none")
        assert answer_of(silent)["error"] == "login_required"
    page = keyfob.authorize(browser, Pkce(), client_id=REGISTRATION_CLIENT, scope="dcr", nonce="")
    assert 'name="password"' in page.text


def test_i5_signing_out_leaves_the_session_of_another_browser(keyfob: Keyfob, instance: Instance) -> None:
    browser, other = keyfob.browser(), keyfob.browser()
    tokens = signed_in(keyfob, instance, browser)
    signed_in(keyfob, instance, other)
    sign_out(browser, tokens)
    assert "code" in answer_of(keyfob.authorize(other, Pkce(), client_id=instance.client_id, prompt="none"))


def test_i5_signing_out_of_the_browser_leaves_the_apps_own_grant_as_it_is(keyfob: Keyfob, instance: Instance) -> None:
    """An app drops its tokens itself; a device that is lost is switched off by its instance."""
    browser = keyfob.browser()
    tokens = signed_in(keyfob, instance, browser)
    grants = rows(keyfob.database, "select * from delegations order by 1, 2")
    sign_out(browser, tokens)
    assert rows(keyfob.database, "select * from delegations order by 1, 2") == grants
    assert keyfob.userinfo(tokens.access_token).status_code == 200
    assert keyfob.refresh(instance, tokens.refresh_token).status_code == 200


def test_i5_signing_out_twice_is_answered_like_once(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    tokens = signed_in(keyfob, instance, browser)
    first, second = (sign_out(browser, tokens, state="s") for _ in range(2))
    assert first.headers["location"] == second.headers["location"] == f"{LOGGED_OUT}?state=s"


def test_i5_an_id_token_that_expired_long_ago_still_signs_its_session_out(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    tokens = signed_in(keyfob, instance, browser)
    keyfob.clock.forward(7 * 3600)
    assert sign_out(browser, tokens, state="s").headers["location"] == f"{LOGGED_OUT}?state=s"
    silent = keyfob.authorize(browser, Pkce(), client_id=instance.client_id, prompt="none")
    assert answer_of(silent)["error"] == "login_required"
