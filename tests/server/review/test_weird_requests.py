"""What no honest app sends, and a server must answer all the same: never with a fault of its own."""

import pytest

from support_app import (
    AUTHORIZE,
    LOGGED_OUT,
    LOGOUT,
    REDIRECT,
    REGISTRATION_CLIENT,
    TOKEN,
    Instance,
    Keyfob,
    Pkce,
    answer_of,
    authorize_path,
)

REFRESH = {"grant_type": "refresh_token", "refresh_token": "x"}
SHORT_AS_SENT = "!" * 2000
"""One byte each as it is sent, three when the server writes it down again."""


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.mark.parametrize("credentials", [b"\xe9\xe9", b"abc\xff=", b"\xc3\xa9"], ids=["two", "end", "utf-8"])
def test_basic_credentials_that_are_not_ascii_are_a_failed_authentication(keyfob: Keyfob, credentials: bytes) -> None:
    answer = keyfob.request("POST", TOKEN, data=REFRESH, headers={b"authorization": b"Basic " + credentials})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("name", ["state", "made_up"])
def test_a_request_too_long_for_a_form_goes_back_to_the_app(keyfob: Keyfob, name: str) -> None:
    request = authorize_path(
        response_type="code",
        client_id=REGISTRATION_CLIENT,
        redirect_uri=REDIRECT,
        scope="dcr",
        code_challenge=Pkce().challenge,
        code_challenge_method="S256",
    )
    assert keyfob.request("GET", f"{request}&{name}={'!' * 1000}").status_code == 200
    refused = keyfob.request("GET", f"{request}&{name}={SHORT_AS_SENT}")
    assert answer_of(refused)["error"] == "invalid_request"
    assert answer_of(refused).get("state") == (SHORT_AS_SENT if name == "state" else None)


def test_a_client_that_nobody_knows_hears_nothing_of_the_length_of_its_request(keyfob: Keyfob) -> None:
    refused = keyfob.request("GET", f"{AUTHORIZE}?client_id=nobody&state={SHORT_AS_SENT}")
    assert (refused.status_code, refused.headers.get("location")) == (400, None)


@pytest.mark.parametrize("client_id", ["", REGISTRATION_CLIENT])
def test_a_person_can_sign_out_whatever_the_length_of_the_state(
    keyfob: Keyfob, instance: Instance, client_id: str
) -> None:
    browser = keyfob.browser()
    keyfob.tokens(instance, browser)
    asked = browser.get(f"{LOGOUT}?client_id={client_id}&post_logout_redirect_uri={LOGGED_OUT}&state={SHORT_AS_SENT}")
    assert asked.status_code == 200
    done = browser.submit(asked, sign_out="1")
    assert (done.status_code, done.headers.get("location"), "keyfob-session" in browser.cookies) == (200, None, False)


@pytest.mark.parametrize("nonce", ["n" * 512, '"' * 512, "\\" * 512], ids=["letters", "quotes", "backslashes"])
def test_the_longest_nonce_makes_a_code_that_can_be_redeemed(keyfob: Keyfob, instance: Instance, nonce: str) -> None:
    pkce = Pkce()
    code = keyfob.code_for(instance, keyfob.browser(), pkce, nonce=nonce)
    assert len(code) < 2048
    assert keyfob.redeem(instance, code, pkce).status_code == 200


@pytest.mark.parametrize("nonce", ["n" * 513, "\x01", "a\nb", "é"], ids=["long", "control", "line", "not ASCII"])
def test_a_nonce_that_no_code_could_carry_is_refused_before_anybody_signs_in(
    keyfob: Keyfob, instance: Instance, nonce: str
) -> None:
    refused = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, nonce=nonce)
    assert answer_of(refused)["error"] == "invalid_request"
