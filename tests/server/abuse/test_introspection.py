"""Introspection (RFC 7662): a client learns of its own access tokens, and nobody learns of anything else."""

from collections.abc import Callable

import httpx
import pytest

from keyfob_server.rules.policy import Paths
from support_app import Instance, Keyfob, Pkce, Tokens, basic
from support_sql import change, records, set_status

INTROSPECT = Paths().introspect


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture(scope="module")
def other(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def tokens(keyfob: Keyfob, instance: Instance) -> Tokens:
    return keyfob.tokens(instance)


def introspect(keyfob: Keyfob, instance: Instance, token: str) -> httpx.Response:
    headers = basic(instance.client_id, instance.client_secret)
    return keyfob.request("POST", INTROSPECT, data={"token": token}, headers=headers)


def assert_not_active(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()) == (200, {"active": False})
    assert answer.headers["cache-control"] == "no-store"


def test_a_client_sees_its_own_access_token(keyfob: Keyfob, instance: Instance, tokens: Tokens) -> None:
    before = records(keyfob.database)
    answer = introspect(keyfob, instance, tokens.access_token)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "active": True,
        "scope": "openid profile",
        "client_id": instance.client_id,
        "username": "demouser",
        "token_type": "Bearer",
        "exp": keyfob.clock.now + 300,
        "sub": "demouser",
        "iss": keyfob.issuer,
    }
    assert records(keyfob.database) == before


OTHER_TOKENS: dict[str, Callable[[Keyfob, Instance, Tokens], str]] = {
    "refresh token": lambda _keyfob, _instance, tokens: tokens.refresh_token,
    "ID token": lambda _keyfob, _instance, tokens: tokens.id_token,
    "initial token": lambda keyfob, _instance, _tokens: keyfob.initial_token(),
    "registration access token": lambda _keyfob, instance, _tokens: str(instance.document["registration_access_token"]),
    "client secret": lambda _keyfob, instance, _tokens: instance.client_secret,
    "code": lambda keyfob, instance, _tokens: keyfob.code_for(instance, keyfob.browser(), Pkce()),
    "junk": lambda _keyfob, _instance, _tokens: "junk",
    "sixty thousand letters": lambda _keyfob, _instance, _tokens: "x" * 60_000,
}


@pytest.mark.parametrize("kind", OTHER_TOKENS)
def test_l7_any_other_kind_of_token_is_not_active(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, kind: str
) -> None:
    assert_not_active(introspect(keyfob, instance, OTHER_TOKENS[kind](keyfob, instance, tokens)))


def test_d19_another_clients_token_is_not_active_whatever_it_is(
    keyfob: Keyfob, other: Instance, tokens: Tokens
) -> None:
    for token in (tokens.access_token, tokens.refresh_token, tokens.id_token):
        assert_not_active(introspect(keyfob, other, token))


def test_d19_nobody_asks_without_proving_who_they_are(keyfob: Keyfob, instance: Instance, tokens: Tokens) -> None:
    public = keyfob.new_instance(token_endpoint_auth_method="none")
    form = {"token": tokens.access_token}
    answers = [
        keyfob.request("POST", INTROSPECT, data=form),
        keyfob.request("POST", INTROSPECT, data=form | {"client_id": instance.client_id}),
        keyfob.request("POST", INTROSPECT, data=form | {"client_id": public.client_id}),
        keyfob.request("POST", INTROSPECT, data=form | {"client_id": "nobody"}),
        keyfob.request("POST", INTROSPECT, data=form, headers=basic(instance.client_id, "x" * 43)),
        keyfob.request("POST", INTROSPECT, data=form, headers=basic("nobody", "x" * 43)),
        keyfob.request("POST", INTROSPECT, data=form, headers=basic(public.client_id, "x" * 43)),
        keyfob.request("POST", INTROSPECT, data=form, headers={"authorization": f"Bearer {tokens.access_token}"}),
    ]
    assert [(one.status_code, one.json()["error"]) for one in answers] == [(401, "invalid_client")] * len(answers)
    assert len({one.text for one in answers[1:4]}) == len({one.text for one in answers[4:7]}) == 1
    assert "active" not in "".join(one.text for one in answers)


def test_a_dead_access_token_is_not_active(keyfob: Keyfob, instance: Instance, tokens: Tokens) -> None:
    form, headers = {"token": tokens.access_token}, basic(instance.client_id, instance.client_secret)
    assert keyfob.request("POST", Paths().revoke, data=form, headers=headers).status_code == 200
    assert_not_active(introspect(keyfob, instance, tokens.access_token))
    late = keyfob.tokens(instance)
    keyfob.clock.forward(300)
    assert_not_active(introspect(keyfob, instance, late.access_token))


def test_a_token_of_a_disabled_account_is_not_active(keyfob: Keyfob, instance: Instance, tokens: Tokens) -> None:
    text = "update accounts set status = ? where user_name = 'demouser'"
    change(keyfob.database, text, "disabled")
    try:
        assert_not_active(introspect(keyfob, instance, tokens.access_token))
    finally:
        change(keyfob.database, text, "active")
    assert_not_active(introspect(keyfob, instance, tokens.access_token))


@pytest.mark.parametrize("status", ["inactive", "revoked", "deleted", "expired", "anything"])
def test_a_client_that_is_not_active_learns_nothing(keyfob: Keyfob, status: str) -> None:
    dead = keyfob.new_instance()
    token = keyfob.tokens(dead).access_token
    set_status(keyfob.database, dead.client_id, status)
    assert_not_active(introspect(keyfob, dead, token))


@pytest.mark.parametrize("body", ["", "token=", "token=a&token=b"])
def test_a_request_without_exactly_one_token_is_invalid_request(keyfob: Keyfob, instance: Instance, body: str) -> None:
    headers = basic(instance.client_id, instance.client_secret) | {"content-type": "application/x-www-form-urlencoded"}
    answer = keyfob.request("POST", INTROSPECT, content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
