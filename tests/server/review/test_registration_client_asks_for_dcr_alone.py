"""What the public registration client may have, and what its spent code still does."""

from support_app import REDIRECT, REGISTRATION_CLIENT, Keyfob, Pkce, answer_of
from support_sql import value


def test_the_registration_client_gets_nothing_without_dcr(keyfob: Keyfob) -> None:
    browser = keyfob.browser()
    keyfob.initial_token(browser)
    answer = answer_of(keyfob.authorize(browser, Pkce(), client_id=REGISTRATION_CLIENT, scope="openid"))
    assert answer["error"] == "invalid_scope"
    assert answer["error_description"] == "this client registers devices: scope dcr is required"


def test_a_dcr_code_that_comes_again_takes_the_instance_that_it_led_to_with_it(keyfob: Keyfob) -> None:
    browser, pkce = keyfob.browser(), Pkce()
    page = keyfob.authorize(browser, pkce, client_id=REGISTRATION_CLIENT, scope="dcr", nonce="", prompt="login")
    form = {
        "grant_type": "authorization_code",
        "client_id": REGISTRATION_CLIENT,
        "code": answer_of(browser.sign_in(page))["code"],
        "redirect_uri": REDIRECT,
        "code_verifier": pkce.verifier,
    }
    client_id = keyfob.register(keyfob.token(form).json()["access_token"]).json()["client_id"]
    again = keyfob.token(form)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    query = "select status || ': ' || status_reason from dynamically_registered_clients where client_id = ?"
    assert value(keyfob.database, query, client_id) == "revoked: code replayed"
