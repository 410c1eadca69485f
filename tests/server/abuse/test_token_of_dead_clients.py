"""A client that is not active, at every endpoint: the status is set by plain SQL, beside the running server."""

import httpx
import pytest

from support_app import (
    REDIRECT,
    REGISTRATION_CLIENT,
    Browser,
    Instance,
    Keyfob,
    Pkce,
    Tokens,
    answer_of,
    basic,
)
from support_sql import change, records, set_status

TOLD = {
    "inactive": "inactive",
    "revoked": "revoked",
    "deleted": "deleted",
    "expired": "expired",
    "stolen, says Anna": "inactive",
    "Active": "inactive",
    "active ": "inactive",
    "": "inactive",
}
"""What is written into the row, and what the app is told."""
WORDS = {"inactive": "this app instance is suspended"}


@pytest.fixture
def browser(keyfob: Keyfob) -> Browser:
    return keyfob.browser()


@pytest.fixture
def instance(keyfob: Keyfob, browser: Browser) -> Instance:
    return keyfob.new_instance(browser)


@pytest.fixture
def tokens(keyfob: Keyfob, browser: Browser, instance: Instance) -> Tokens:
    return keyfob.tokens(instance, browser)


def words(told: str) -> str:
    return WORDS.get(told, "this app instance was switched off")


@pytest.mark.parametrize("status", TOLD)
def test_every_endpoint_answers_for_a_client_that_is_not_active(
    keyfob: Keyfob, browser: Browser, instance: Instance, tokens: Tokens, status: str
) -> None:
    told, pkce = TOLD[status], Pkce()
    code = keyfob.code_for(instance, browser, pkce)
    set_status(keyfob.database, instance.client_id, status)
    before = records(keyfob.database)
    refusal = {"error_description": words(told), "client_status": told}

    redeemed = keyfob.redeem(instance, code, pkce)
    assert (redeemed.status_code, redeemed.json()) == (401, {"error": "invalid_client", **refusal})
    refreshed = keyfob.refresh(instance, tokens.refresh_token)
    assert (refreshed.status_code, refreshed.json()) == (400, {"error": "invalid_grant", **refusal})
    userinfo = keyfob.userinfo(tokens.access_token)
    assert (userinfo.status_code, userinfo.json()["error"]) == (401, "invalid_token")
    assert "client_status" not in userinfo.json()
    for prompt in ("", "none", "login", "consent"):
        asked = keyfob.authorize(browser, Pkce(), client_id=instance.client_id, prompt=prompt)
        assert asked.headers["location"].startswith(f"{REDIRECT}?")
        expected = {"error": "unauthorized_client", **refusal, "state": "state-1", "iss": keyfob.issuer}
        assert answer_of(asked) == expected
    assert records(keyfob.database) == before


@pytest.mark.parametrize("status", TOLD)
def test_nobody_who_does_not_hold_the_secret_learns_the_status(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, status: str
) -> None:
    set_status(keyfob.database, instance.client_id, status)
    before = records(keyfob.database)
    grants = [
        {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token},
        {"grant_type": "authorization_code", "code": "junk", "redirect_uri": REDIRECT, "code_verifier": "v" * 43},
    ]
    unknown = [keyfob.token(form, basic("nobody", "x" * 43)) for form in grants]
    wrong = [keyfob.token(form, basic(instance.client_id, "x" * 43)) for form in grants]
    missing = [keyfob.token(form | {"client_id": instance.client_id}) for form in grants]
    bodies = {answer.text for answer in (*unknown, *wrong, *missing)}
    assert {answer.status_code for answer in (*unknown, *wrong, *missing)} == {401}
    assert bodies == {'{"error":"invalid_client","error_description":"client authentication failed"}'}
    assert records(keyfob.database) == before


@pytest.mark.parametrize("status", TOLD)
def test_a_redirect_uri_that_does_not_match_gets_the_page_of_an_active_client(
    keyfob: Keyfob, browser: Browser, instance: Instance, status: str
) -> None:
    elsewhere = "io.curity.dcrclient:/elsewhere"
    active = keyfob.authorize(browser, Pkce(), client_id=instance.client_id, redirect_uri=elsewhere)
    set_status(keyfob.database, instance.client_id, status)
    dead = keyfob.authorize(browser, Pkce(), client_id=instance.client_id, redirect_uri=elsewhere)
    for page in (active, dead):
        assert (page.status_code, "location" in page.headers, "set-cookie" in page.headers) == (400, False, False)
    assert _without_id(dead) == _without_id(active)


def _without_id(page: httpx.Response) -> str:
    return page.text.replace(page.headers["x-request-id"], "")


def test_a_sign_in_page_that_stands_open_does_not_outlive_its_client(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    page = keyfob.authorize(browser, Pkce(), client_id=instance.client_id)
    set_status(keyfob.database, instance.client_id, "revoked")
    answer = answer_of(browser.sign_in(page))
    assert (answer["error"], answer["client_status"]) == ("unauthorized_client", "revoked")


@pytest.mark.parametrize("status", TOLD)
def test_reactivated_by_sql_a_sign_in_works_and_what_was_issued_before_stays_dead(
    keyfob: Keyfob, browser: Browser, instance: Instance, tokens: Tokens, status: str
) -> None:
    pkce = Pkce()
    code = keyfob.code_for(instance, browser, pkce)
    set_status(keyfob.database, instance.client_id, status)
    set_status(keyfob.database, instance.client_id, "active")
    new = keyfob.tokens(instance, browser)
    assert keyfob.userinfo(new.access_token).status_code == 200
    assert keyfob.refresh(instance, new.refresh_token).status_code == 200
    for answer in (keyfob.redeem(instance, code, pkce), keyfob.refresh(instance, tokens.refresh_token)):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        assert "client_status" not in answer.json()
    assert keyfob.userinfo(tokens.access_token).status_code == 401


def test_a_static_client_that_is_not_active_gets_no_code_and_its_initial_tokens_die(keyfob: Keyfob) -> None:
    browser, pkce = keyfob.browser(), Pkce()
    initial = keyfob.initial_token(browser)
    asked = keyfob.authorize(browser, pkce, client_id=REGISTRATION_CLIENT, scope="dcr", prompt="login")
    code = answer_of(browser.sign_in(asked))["code"]
    assert change(keyfob.database, "update clients set status = 'inactive' where client_id = ?", REGISTRATION_CLIENT)
    try:
        form = {
            "grant_type": "authorization_code",
            "client_id": REGISTRATION_CLIENT,
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": pkce.verifier,
        }
        before = records(keyfob.database)
        redeemed, registered = keyfob.token(form), keyfob.register(initial)
        assert (redeemed.status_code, redeemed.json()["client_status"]) == (401, "inactive")
        assert (registered.status_code, registered.json()["error"]) == (401, "invalid_token")
        refused = answer_of(keyfob.authorize(browser, Pkce(), client_id=REGISTRATION_CLIENT, scope="dcr"))
        assert (refused["error"], refused["client_status"]) == ("unauthorized_client", "inactive")
        assert records(keyfob.database) == before
    finally:
        change(keyfob.database, "update clients set status = 'active' where client_id = ?", REGISTRATION_CLIENT)
    assert keyfob.register(initial).status_code == 401
    assert keyfob.register(keyfob.initial_token(browser)).status_code == 201
