"""Whole answers, member by member: what an app sees does not change by accident."""

import base64
import json
from collections.abc import Callable, Iterator

import httpx
import pytest

from support_app import (
    REGISTER,
    REGISTRATION_CLIENT,
    SEED_REQUEST,
    USERINFO,
    Instance,
    Keyfob,
    Pkce,
    basic,
    running_keyfob,
)
from support_documents import faults, golden
from support_sql import set_status

DISCOVERY = "/oauth/v2/oauth-anonymous/.well-known/openid-configuration"
ERRORS = golden("wire/errors.json")


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance(scope="openid profile email")


def part(id_token: str, number: int) -> dict[str, object]:
    encoded = id_token.split(".")[number]
    document = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    assert isinstance(document, dict)
    return document


def assert_golden(document: dict[str, object], name: str) -> None:
    assert faults(document, golden(f"wire/{name}.json")) == []


def test_discovery_is_the_golden_document(keyfob: Keyfob) -> None:
    answer = keyfob.request("GET", DISCOVERY)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert_golden(answer.json(), "discovery")


def test_a_token_response_to_a_code_is_the_golden_document(keyfob: Keyfob, instance: Instance) -> None:
    tokens = keyfob.tokens(instance)
    assert_golden(tokens.document, "token_code")
    assert_golden(part(tokens.id_token, 0), "id_token_header")
    claims = part(tokens.id_token, 1)
    assert_golden(claims, "id_token")
    assert (claims["aud"], claims["iat"], claims["exp"]) == (
        instance.client_id,
        keyfob.clock.now,
        keyfob.clock.now + 300,
    )


def test_a_token_response_to_a_refresh_is_the_golden_document(keyfob: Keyfob, instance: Instance) -> None:
    answer = keyfob.refresh(instance, keyfob.tokens(instance).refresh_token)
    assert_golden(answer.json(), "token_refresh")


def test_the_token_response_with_an_initial_token_is_the_golden_document(keyfob: Keyfob) -> None:
    browser, pkce = keyfob.browser(), Pkce()
    asked = keyfob.authorize(browser, pkce, client_id=REGISTRATION_CLIENT, scope="dcr", prompt="login")
    code = browser.sign_in(asked).headers["location"].partition("code=")[2].partition("&")[0]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": pkce.verifier}
    client = {"client_id": REGISTRATION_CLIENT, "redirect_uri": "io.curity.dcrclient:/callback"}
    assert_golden(keyfob.token(form | client).json(), "token_initial")


def test_userinfo_is_the_golden_document(keyfob: Keyfob, instance: Instance) -> None:
    tokens = keyfob.tokens(instance, scope="openid profile email")
    assert_golden(keyfob.userinfo(tokens.access_token).json(), "userinfo")


def _wider_scope(keyfob: Keyfob, instance: Instance) -> httpx.Response:
    return keyfob.refresh(instance, keyfob.tokens(instance).refresh_token, scope="openid email")


def _suspended_refresh(keyfob: Keyfob, _instance: Instance) -> httpx.Response:
    suspended = keyfob.new_instance()
    set_status(keyfob.database, suspended.client_id, "inactive")
    return keyfob.refresh(suspended, "junk")


def _suspended_code(keyfob: Keyfob, _instance: Instance) -> httpx.Response:
    suspended = keyfob.new_instance()
    set_status(keyfob.database, suspended.client_id, "inactive")
    return keyfob.redeem(suspended, "junk", Pkce())


def _other_grant(keyfob: Keyfob, instance: Instance) -> httpx.Response:
    return keyfob.token({"grant_type": "password"}, basic(instance.client_id, instance.client_secret))


def _two_methods(keyfob: Keyfob, instance: Instance) -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_secret": "x"}
    return keyfob.token(form, basic(instance.client_id, instance.client_secret))


def _grant_not_registered(keyfob: Keyfob, _instance: Instance) -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": REGISTRATION_CLIENT}
    return keyfob.token(form)


Attempt = Callable[[Keyfob, Instance], httpx.Response]
ATTEMPTS: dict[str, Attempt] = {
    "wrong secret": lambda keyfob, instance: keyfob.refresh(Instance(instance.client_id, "x" * 43, {}), "junk"),
    "two methods": _two_methods,
    "junk code": lambda keyfob, instance: keyfob.redeem(instance, "junk", Pkce()),
    "junk refresh token": lambda keyfob, instance: keyfob.refresh(instance, "junk"),
    "other grant": _other_grant,
    "grant not registered": _grant_not_registered,
    "wider scope": _wider_scope,
    "suspended, refresh": _suspended_refresh,
    "suspended, code": _suspended_code,
    "userinfo, no token": lambda keyfob, _instance: keyfob.request("GET", USERINFO),
    "userinfo, junk": lambda keyfob, _instance: keyfob.userinfo("junk"),
    "userinfo, no openid": lambda keyfob, instance: keyfob.userinfo(
        keyfob.tokens(instance, scope="profile").access_token
    ),
    "registration, no token": lambda keyfob, _instance: keyfob.request("POST", REGISTER, json=SEED_REQUEST),
    "registration, junk": lambda keyfob, _instance: keyfob.register("junk"),
    "registration, access token": lambda keyfob, instance: keyfob.register(keyfob.tokens(instance).access_token),
    "registration, redirect URI": lambda keyfob, _instance: keyfob.register(
        keyfob.initial_token(), SEED_REQUEST | {"redirect_uris": ["javascript:alert(1)"]}
    ),
    "registration, wrong type": lambda keyfob, _instance: keyfob.register(
        keyfob.initial_token(), SEED_REQUEST | {"scope": 7}
    ),
}


def test_every_golden_error_is_tried() -> None:
    assert set(ATTEMPTS) == set(ERRORS)


@pytest.mark.parametrize("name", ATTEMPTS)
def test_an_error_is_the_golden_document(keyfob: Keyfob, instance: Instance, name: str) -> None:
    answer = ATTEMPTS[name](keyfob, instance)
    told = {
        "status": answer.status_code,
        "challenge": answer.headers.get("www-authenticate", ""),
        "document": answer.json(),
    }
    assert told == ERRORS[name]
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
