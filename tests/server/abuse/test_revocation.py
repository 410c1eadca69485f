"""Revocation (RFC 7009): a client ends what is its own, and nobody else's."""

from collections.abc import Callable

import httpx
import pytest

from keyfob_server.rules.policy import Paths
from support_app import REGISTRATION_CLIENT, TOKEN, Instance, Keyfob, Pkce, Tokens, basic
from support_sql import records, set_status, value

REVOKE = Paths().revoke
NEWEST = "select max(access_generation) from delegations where client_id = ? and status = 'active'"


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture(scope="module")
def other(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def tokens(keyfob: Keyfob, instance: Instance) -> Tokens:
    return keyfob.tokens(instance)


def revoke(keyfob: Keyfob, instance: Instance, token: str, **more: str) -> httpx.Response:
    form = {"token": token, **more}
    return keyfob.request("POST", REVOKE, data=form, headers=basic(instance.client_id, instance.client_secret))


def assert_said_nothing(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (200, b"", "no-store")


@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token", "nonsense"])
def test_an_access_token_dies_and_its_refresh_token_lives(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, hint: str
) -> None:
    more = {"token_type_hint": hint} if hint else {}
    assert_said_nothing(revoke(keyfob, instance, tokens.access_token, **more))
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    refreshed = keyfob.refresh(instance, tokens.refresh_token)
    assert refreshed.status_code == 200
    assert keyfob.userinfo(refreshed.json()["access_token"]).status_code == 200


@pytest.mark.parametrize("spent", [False, True])
def test_a_refresh_token_current_or_spent_ends_its_whole_grant(
    keyfob: Keyfob,
    instance: Instance,
    tokens: Tokens,
    spent: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    latest = keyfob.refresh(instance, tokens.refresh_token).json() if spent else tokens.document
    assert_said_nothing(revoke(keyfob, instance, tokens.refresh_token))
    for access_token in (tokens.access_token, str(latest["access_token"])):
        assert keyfob.userinfo(access_token).status_code == 401
    refused = keyfob.refresh(instance, str(latest["refresh_token"]))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_only_the_grant_of_the_token_ends(keyfob: Keyfob, instance: Instance, tokens: Tokens) -> None:
    elsewhere = keyfob.tokens(instance)
    revoke(keyfob, instance, tokens.refresh_token)
    assert keyfob.userinfo(elsewhere.access_token).status_code == 200
    assert keyfob.refresh(instance, elsewhere.refresh_token).status_code == 200


def test_a_token_is_revoked_once_and_the_second_time_is_200_without_a_write(
    keyfob: Keyfob, instance: Instance, tokens: Tokens
) -> None:
    for token in (tokens.access_token, tokens.refresh_token):
        revoke(keyfob, instance, token)
        before = records(keyfob.database)
        assert_said_nothing(revoke(keyfob, instance, token))
        assert records(keyfob.database) == before


JUNK: dict[str, Callable[[Keyfob, Instance, Tokens], str]] = {
    "junk": lambda _keyfob, _instance, _tokens: "junk",
    "a letter outside ASCII": lambda _keyfob, _instance, _tokens: "jünk",
    "sixty thousand letters": lambda _keyfob, _instance, _tokens: "x" * 60_000,
    "ID token": lambda _keyfob, _instance, tokens: tokens.id_token,
    "code": lambda keyfob, instance, _tokens: keyfob.code_for(instance, keyfob.browser(), Pkce()),
    "registration access token": lambda _keyfob, instance, _tokens: str(instance.document["registration_access_token"]),
    "client secret": lambda _keyfob, instance, _tokens: instance.client_secret,
    "initial token of the registration client": lambda keyfob, _instance, _tokens: keyfob.initial_token(),
    "refresh token, one bit off": lambda _keyfob, _instance, tokens: (
        tokens.refresh_token[:-1] + "AB"[tokens.refresh_token.endswith("A")]
    ),
}


@pytest.mark.parametrize("kind", JUNK)
def test_l7_what_is_no_token_of_the_client_is_200_and_changes_nothing(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, kind: str
) -> None:
    token = JUNK[kind](keyfob, instance, tokens)
    before = records(keyfob.database)
    assert_said_nothing(revoke(keyfob, instance, token))
    assert records(keyfob.database) == before


def test_another_clients_tokens_are_200_and_live_on(
    keyfob: Keyfob, instance: Instance, other: Instance, tokens: Tokens
) -> None:
    before = records(keyfob.database)
    for token in (tokens.access_token, tokens.refresh_token):
        assert_said_nothing(revoke(keyfob, other, token))
    assert records(keyfob.database) == before
    assert keyfob.userinfo(tokens.access_token).status_code == 200
    assert keyfob.refresh(instance, tokens.refresh_token).status_code == 200


def test_nobody_revokes_without_authenticating_as_at_the_token_endpoint(
    keyfob: Keyfob, instance: Instance, tokens: Tokens
) -> None:
    before = records(keyfob.database)
    form = {"token": tokens.refresh_token}
    unsigned = [
        keyfob.request("POST", REVOKE, data=form),
        keyfob.request("POST", REVOKE, data=form | {"client_id": instance.client_id}),
        keyfob.request("POST", REVOKE, data=form, headers=basic(instance.client_id, "x" * 43)),
        keyfob.request("POST", REVOKE, data=form, headers=basic("nobody", "x" * 43)),
    ]
    assert [(one.status_code, one.json()["error"]) for one in unsigned] == [(401, "invalid_client")] * 4
    assert len({one.text for one in unsigned[1:]}) == 1
    assert all(one.headers["www-authenticate"].startswith("Basic ") for one in unsigned)
    assert records(keyfob.database) == before


@pytest.mark.parametrize(
    "body",
    ["", "token=", "token_type_hint=access_token", "token=a&token=b", "token=a&token_type_hint=x&token_type_hint=y"],
)
def test_a_request_without_exactly_one_token_is_invalid_request(keyfob: Keyfob, instance: Instance, body: str) -> None:
    headers = basic(instance.client_id, instance.client_secret) | {"content-type": "application/x-www-form-urlencoded"}
    answer = keyfob.request("POST", REVOKE, content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("status", ["inactive", "revoked", "deleted", "expired", "anything"])
def test_a_client_that_is_not_active_gets_200_and_nothing_changes(keyfob: Keyfob, status: str) -> None:
    dead = keyfob.new_instance()
    tokens = keyfob.tokens(dead)
    set_status(keyfob.database, dead.client_id, status)
    before = records(keyfob.database)
    for token in (tokens.access_token, tokens.refresh_token, "junk"):
        assert_said_nothing(revoke(keyfob, dead, token))
    assert records(keyfob.database) == before


def test_a_public_client_revokes_its_own_tokens_by_naming_itself(keyfob: Keyfob) -> None:
    public = keyfob.new_instance(token_endpoint_auth_method="none")
    browser, pkce = keyfob.browser(), Pkce()
    form = {"client_id": public.client_id, "grant_type": "authorization_code", "code_verifier": pkce.verifier}
    code = keyfob.code_for(public, browser, pkce)
    made = keyfob.request("POST", TOKEN, data=form | {"code": code, "redirect_uri": "io.curity.dcrclient:/callback"})
    named = {"client_id": public.client_id, "token": made.json()["access_token"]}
    assert_said_nothing(keyfob.request("POST", REVOKE, data=named))
    assert keyfob.userinfo(made.json()["access_token"]).status_code == 401
    assert value(keyfob.database, NEWEST, public.client_id) == 2


def test_a_revoked_initial_token_registers_nothing(keyfob: Keyfob) -> None:
    token = keyfob.initial_token()
    assert_said_nothing(keyfob.request("POST", REVOKE, data={"client_id": REGISTRATION_CLIENT, "token": token}))
    refused = keyfob.register(token)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
