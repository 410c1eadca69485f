"""Signing out: never without the person or the session's own ID token, and back to registered addresses only."""

from typing import Final

import httpx
import pytest

from support_app import (
    LOGGED_OUT,
    LOGOUT,
    REDIRECT,
    Browser,
    Instance,
    Keyfob,
    Pkce,
    Tokens,
    answer_of,
    form_state,
    tokens_of,
)
from support_redirect_uris import mutations_of

QUESTION: Final = "Sign out of Keyfob in this browser?"
LOOPBACK: Final = "http://127.0.0.1:8080/logged-out"


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance(
        post_logout_redirect_uris=[LOGGED_OUT, LOOPBACK, "https://app.example/bye"], redirect_uris=[REDIRECT]
    )


@pytest.fixture
def signed_in(keyfob: Keyfob, instance: Instance) -> tuple[Browser, Tokens]:
    browser = keyfob.browser()
    return browser, signed_in_again(keyfob, instance, browser)


def signed_in_again(keyfob: Keyfob, instance: Instance, browser: Browser) -> Tokens:
    pkce = Pkce()
    return tokens_of(keyfob.redeem(instance, keyfob.code_for(instance, browser, pkce), pkce))


def has_session(keyfob: Keyfob, instance: Instance, browser: Browser) -> bool:
    return "code" in answer_of(keyfob.authorize(browser, Pkce(), client_id=instance.client_id, prompt="none"))


def sign_out(browser: Browser, **parameters: str) -> httpx.Response:
    return browser.get(str(httpx.URL(LOGOUT, params=parameters)))


def asked(answer: httpx.Response) -> None:
    assert answer.status_code == 200
    assert QUESTION in answer.text
    assert ("location" in answer.headers, "keyfob-session" in answer.headers.get("set-cookie", "")) == (False, False)


def page_only(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.headers.get("location")) == (200, None)
    assert "You are signed out" in answer.text
    assert 'href="http' not in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "parameters",
    [{"ui_locales": "en"}, {"client_id": "?"}, {"client_id": "?", "post_logout_redirect_uri": LOGGED_OUT}],
    ids=str,
)
def test_i1_without_an_id_token_nobody_is_signed_out_before_a_click(
    keyfob: Keyfob, instance: Instance, signed_in: tuple[Browser, Tokens], method: str, parameters: dict[str, str]
) -> None:
    browser, _ = signed_in
    sent = parameters | ({"client_id": instance.client_id} if "client_id" in parameters else {})
    asked(sign_out(browser, **sent) if method == "GET" else browser.post(LOGOUT, sent))
    assert has_session(keyfob, instance, browser)


def bad_hints(keyfob: Keyfob, instance: Instance, good: str) -> dict[str, str]:
    head, body, _ = good.split(".")
    other = keyfob.tokens(keyfob.new_instance(), keyfob.browser())
    return {
        "another session's": signed_in_again(keyfob, instance, keyfob.browser()).id_token,
        "another client's session": other.id_token,
        "an access token": other.access_token,
        "alg none": f"eyJhbGciOiJub25lIn0.{body}.",
        "no signature": f"{head}.{body}.",
        "cut": good[:-4],
        "text": "hint",
    }


@pytest.mark.parametrize(
    "name",
    [
        *("another session's", "another client's session", "an access token"),
        *("alg none", "no signature", "cut", "text"),
    ],
)
def test_i1_no_other_token_signs_a_person_out_without_a_click(
    keyfob: Keyfob, instance: Instance, signed_in: tuple[Browser, Tokens], name: str
) -> None:
    browser, tokens = signed_in
    hint = bad_hints(keyfob, instance, tokens.id_token)[name]
    asked(sign_out(browser, id_token_hint=hint, post_logout_redirect_uri=LOGGED_OUT))
    assert has_session(keyfob, instance, browser)


def test_i1_an_id_token_beside_another_clients_id_signs_nobody_out(
    keyfob: Keyfob, instance: Instance, signed_in: tuple[Browser, Tokens]
) -> None:
    browser, tokens = signed_in
    asked(sign_out(browser, id_token_hint=tokens.id_token, client_id=keyfob.new_instance().client_id))
    assert has_session(keyfob, instance, browser)


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}], ids=str)
@pytest.mark.parametrize("button", ["sign_out", "stay"])
def test_i1_a_click_on_another_site_signs_nobody_out(
    keyfob: Keyfob, instance: Instance, signed_in: tuple[Browser, Tokens], headers: dict[str, str], button: str
) -> None:
    browser, _ = signed_in
    state = form_state(sign_out(browser))
    answer = browser.post(LOGOUT, {"state": state, button: "1"}, **headers)
    assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None)
    assert has_session(keyfob, instance, browser)


@pytest.mark.parametrize("state", ["", "x", "another browser's"])
def test_i1_a_click_without_the_page_of_this_browser_signs_nobody_out(
    keyfob: Keyfob, instance: Instance, signed_in: tuple[Browser, Tokens], state: str
) -> None:
    browser, _ = signed_in
    if state == "another browser's":
        other = keyfob.browser()
        signed_in_again(keyfob, instance, other)
        state = form_state(sign_out(other))
    answer = browser.post(LOGOUT, {"state": state, "sign_out": "1"})
    assert (answer.status_code, answer.headers.get("location")) == (403, None)
    assert has_session(keyfob, instance, browser)


def test_i1_staying_is_staying(keyfob: Keyfob, instance: Instance, signed_in: tuple[Browser, Tokens]) -> None:
    browser, _ = signed_in
    answer = browser.submit(sign_out(browser), stay="1")
    assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)
    assert has_session(keyfob, instance, browser)


UNREGISTERED: Final = (
    *mutations_of(LOGGED_OUT),
    *mutations_of("https://app.example/bye"),
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", "https://evil.example/", "/"),
    *("http://127.0.0.2:8080/logged-out", "https://127.0.0.1:8080/logged-out", REDIRECT),
)


@pytest.mark.parametrize("uri", sorted(set(UNREGISTERED)))
def test_i2_an_unregistered_address_is_never_visited_and_never_a_link(
    keyfob: Keyfob, instance: Instance, uri: str
) -> None:
    browser = keyfob.browser()
    tokens = signed_in_again(keyfob, instance, browser)
    answer = browser.get(
        str(httpx.URL(LOGOUT, params={"id_token_hint": tokens.id_token, "post_logout_redirect_uri": uri}))
    )
    if "\x00" in uri:
        assert (answer.status_code, answer.headers.get("location")) == (400, None)
        return
    page_only(answer)
    assert "evil" not in answer.text
    assert not has_session(keyfob, instance, browser)


@pytest.mark.parametrize("uri", [LOGGED_OUT, LOOPBACK, "http://127.0.0.1:9/logged-out", "https://app.example/bye"])
def test_i2_a_registered_address_is_visited_and_a_loopback_port_may_differ(
    signed_in: tuple[Browser, Tokens], uri: str
) -> None:
    browser, tokens = signed_in
    answer = sign_out(browser, id_token_hint=tokens.id_token, post_logout_redirect_uri=uri)
    assert (answer.status_code, answer.headers["location"]) == (303, uri)


@pytest.mark.parametrize("known", [True, False])
def test_i2_without_hint_and_session_nobody_is_sent_anywhere(
    keyfob: Keyfob,
    instance: Instance,
    known: bool,  # noqa: FBT001 - a table's column
) -> None:
    client = {"client_id": instance.client_id} if known else {}
    page_only(sign_out(keyfob.browser(), post_logout_redirect_uri=LOGGED_OUT, **client))


def test_i2_another_clients_address_is_not_visited(keyfob: Keyfob, signed_in: tuple[Browser, Tokens]) -> None:
    other = "com.example.other:/bye"
    keyfob.new_instance(post_logout_redirect_uris=[other])
    browser, tokens = signed_in
    page_only(sign_out(browser, id_token_hint=tokens.id_token, post_logout_redirect_uri=other))


def test_i2_an_address_given_twice_is_none(signed_in: tuple[Browser, Tokens]) -> None:
    browser, tokens = signed_in
    twice = (
        f"id_token_hint={tokens.id_token}&post_logout_redirect_uri={LOGGED_OUT}&post_logout_redirect_uri={LOGGED_OUT}"
    )
    page_only(browser.get(f"{LOGOUT}?{twice}"))
