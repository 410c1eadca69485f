"""Userinfo takes its own access tokens, in the header, and nothing else."""

from collections.abc import Callable

import pytest

from support_app import (
    REDIRECT,
    REGISTRATION_CLIENT,
    USERINFO,
    Instance,
    Keyfob,
    Pkce,
    Tokens,
    answer_of,
    bearer,
)
from support_sql import records

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def tokens(keyfob: Keyfob, instance: Instance) -> Tokens:
    return keyfob.tokens(instance)


def _code(keyfob: Keyfob, instance: Instance, _tokens: Tokens) -> str:
    return keyfob.code_for(instance, keyfob.browser(), Pkce())


OTHER_TOKENS: dict[str, Callable[[Keyfob, Instance, Tokens], str]] = {
    "ID token": lambda _keyfob, _instance, tokens: tokens.id_token,
    "refresh token": lambda _keyfob, _instance, tokens: tokens.refresh_token,
    "initial token": lambda keyfob, _instance, _tokens: keyfob.initial_token(),
    "registration access token": lambda _keyfob, instance, _tokens: str(instance.document["registration_access_token"]),
    "client secret": lambda _keyfob, instance, _tokens: instance.client_secret,
    "authorization code": _code,
    "access token, one bit off": lambda _keyfob, _instance, tokens: (
        tokens.access_token[:-1] + "-_"[tokens.access_token.endswith("-")]
    ),
    "half an access token": lambda _keyfob, _instance, tokens: tokens.access_token[:40],
    "five thousand characters": lambda _keyfob, _instance, _tokens: "x" * 5000,
}


@pytest.mark.parametrize("kind", OTHER_TOKENS)
def test_d22_any_other_token_is_invalid_token(keyfob: Keyfob, instance: Instance, tokens: Tokens, kind: str) -> None:
    token = OTHER_TOKENS[kind](keyfob, instance, tokens)
    before = records(keyfob.database)
    answer = keyfob.userinfo(token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert records(keyfob.database) == before
    assert keyfob.userinfo(tokens.access_token).status_code == 200


def test_d22_an_access_token_is_dead_at_its_expiry(keyfob: Keyfob, tokens: Tokens) -> None:
    assert tokens.document["expires_in"] == 300
    keyfob.clock.forward(299)
    assert keyfob.userinfo(tokens.access_token).status_code == 200
    keyfob.clock.forward(1)
    answer = keyfob.userinfo(tokens.access_token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_d22_a_token_without_openid_has_insufficient_scope(keyfob: Keyfob, instance: Instance) -> None:
    token = keyfob.tokens(instance, scope="profile").access_token
    answer = keyfob.userinfo(token)
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    assert answer.headers["www-authenticate"].startswith('Bearer error="insufficient_scope"')


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic eDp5"}, {"authorization": "x"}], ids=str)
def test_d22_no_bearer_token_at_all_is_a_bare_challenge(keyfob: Keyfob, headers: dict[str, str]) -> None:
    answer = keyfob.request("GET", USERINFO, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"], answer.json()) == (401, "Bearer", {})


def test_d22_no_token_endpoint_takes_an_access_token_for_a_code_or_refresh_token(
    keyfob: Keyfob, instance: Instance, tokens: Tokens
) -> None:
    before = records(keyfob.database)
    for token in (tokens.access_token, tokens.id_token, str(instance.document["registration_access_token"])):
        for answer in (keyfob.refresh(instance, token), keyfob.redeem(instance, token, Pkce())):
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert records(keyfob.database) == before


def test_d22_the_initial_token_tells_nothing_of_the_person(keyfob: Keyfob) -> None:
    browser, pkce = keyfob.browser(), Pkce()
    asked = keyfob.authorize(browser, pkce, client_id=REGISTRATION_CLIENT, scope="openid dcr", prompt="login")
    code = answer_of(browser.sign_in(asked))["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": REGISTRATION_CLIENT,
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": pkce.verifier,
    }
    token = keyfob.token(form).json()["access_token"]
    answer = keyfob.userinfo(token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_d23_an_access_token_in_the_address_is_invalid_request(keyfob: Keyfob, tokens: Tokens) -> None:
    for headers in ({}, bearer(tokens.access_token)):
        answer = keyfob.request("GET", f"{USERINFO}?access_token={tokens.access_token}", headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_d23_an_access_token_in_the_form_is_invalid_request(keyfob: Keyfob, tokens: Tokens) -> None:
    for headers in ({}, bearer(tokens.access_token)):
        answer = keyfob.request("POST", USERINFO, data={"access_token": tokens.access_token}, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_d23_two_authorization_headers_are_invalid_request(keyfob: Keyfob, tokens: Tokens) -> None:
    line = ("authorization", f"Bearer {tokens.access_token}")
    answer = keyfob.request("GET", USERINFO, headers=[line, line])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_d23_the_header_works_by_get_and_by_post(keyfob: Keyfob, tokens: Tokens) -> None:
    header = bearer(tokens.access_token)
    answers = [
        keyfob.request("GET", USERINFO, headers=header),
        keyfob.request("POST", USERINFO, headers=header),
        keyfob.request("POST", USERINFO, content=b"", headers=header | FORM),
    ]
    assert [(answer.status_code, answer.json()["sub"]) for answer in answers] == [(200, "demouser")] * 3
