"""Tokens of clients alone: what they are good for, who may ask about them, and how they end."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from keyfob_server.rules.client_settings import ClientSettings
from support_app import SEED_REQUEST, USERINFO, Instance, Keyfob, Pkce, answer_of, basic, bearer, running_keyfob
from support_authorize import static_client
from support_sql import change, records

INTROSPECT = "/oauth/v2/oauth-introspect"
REVOKE = "/oauth/v2/oauth-revoke"
SECRET = "s" * 43


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running


def service(keyfob: Keyfob, name: str, *scope: str, **settings: object) -> Instance:
    return static_client(
        keyfob,
        name,
        secret=SECRET,
        redirect_uris=(),
        settings=ClientSettings(**settings),  # type: ignore[arg-type] # settings by their names
        scope=scope,
        grant_types=("client_credentials",),
    )


def asked(keyfob: Keyfob, who: Instance, **form: str) -> httpx.Response:
    return keyfob.token({"grant_type": "client_credentials", **form}, basic(who.client_id, who.client_secret))


def token_of(keyfob: Keyfob, who: Instance, **form: str) -> str:
    answer = asked(keyfob, who, **form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def introspected(keyfob: Keyfob, who: Instance, token: str, accept: str = "") -> httpx.Response:
    headers = basic(who.client_id, who.client_secret) | ({"accept": accept} if accept else {})
    return keyfob.request("POST", INTROSPECT, data={"token": token}, headers=headers)


def parts(jwt: str) -> tuple[dict[str, object], dict[str, object]]:
    header, payload, _ = (base64.urlsafe_b64decode(part + "==") for part in jwt.split("."))
    return json.loads(header), json.loads(payload)


def test_a_service_gets_a_token_without_refresh_or_id_token_and_no_row_is_written(keyfob: Keyfob) -> None:
    who = service(keyfob, "plain", "read", "write")
    before = records(keyfob.database)
    answer = asked(keyfob, who, scope="read")
    assert answer.status_code == 200
    document = answer.json()
    assert {name: document[name] for name in sorted(document) if name != "access_token"} == {
        "expires_in": 300,
        "scope": "read",
        "token_type": "Bearer",
    }
    assert records(keyfob.database) == before


def test_it_may_ask_about_its_own_token_and_an_instance_learns_nothing_of_it(keyfob: Keyfob) -> None:
    who = service(keyfob, "own", "read")
    token = token_of(keyfob, who)
    told = introspected(keyfob, who, token).json()
    assert told == {
        "active": True,
        "scope": "read",
        "client_id": "own",
        "sub": "own",
        "token_type": "Bearer",
        "exp": told["exp"],
        "iss": keyfob.issuer,
    }
    answer = introspected(keyfob, keyfob.new_instance(), token)
    assert (answer.status_code, answer.json()) == (200, {"active": False})


@pytest.mark.parametrize("end", ["revoked", "client off", "expired"])
def test_it_ends_by_revocation_with_its_client_and_in_time(keyfob: Keyfob, end: str) -> None:
    who = service(keyfob, f"ends-{end.split(maxsplit=1)[0]}", "read")
    guard = service(keyfob, f"guards-{end.split(maxsplit=1)[0]}", introspection_scopes=("read",))
    token = token_of(keyfob, who)
    assert introspected(keyfob, guard, token).json()["active"] is True
    if end == "revoked":
        form = {"token": token}
        headers = basic(who.client_id, who.client_secret)
        assert keyfob.request("POST", REVOKE, data=form, headers=headers).status_code == 200
        assert introspected(keyfob, who, token).json() == {"active": False}
    elif end == "client off":
        change(keyfob.database, "update clients set status = 'inactive' where client_id = ?", who.client_id)
    else:
        keyfob.clock.forward(301)
    assert introspected(keyfob, guard, token).json() == {"active": False}


def test_somebody_else_cannot_revoke_it(keyfob: Keyfob) -> None:
    who, other = service(keyfob, "mine", "read"), service(keyfob, "other", "read")
    token = token_of(keyfob, who)
    headers = basic(other.client_id, other.client_secret)
    assert keyfob.request("POST", REVOKE, data={"token": token}, headers=headers).status_code == 200
    assert introspected(keyfob, who, token).json()["active"] is True


def test_userinfo_and_registration_do_not_take_it(keyfob: Keyfob) -> None:
    token = token_of(keyfob, service(keyfob, "elsewhere", "read"))
    assert keyfob.request("GET", USERINFO, headers=bearer(token)).status_code == 401
    answer = keyfob.register(token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("scope", "error"), [("write", "invalid_scope"), ("dcr", "invalid_scope"), ("read dcr", "invalid_scope")]
)
def test_d17_it_gets_no_scope_that_it_is_not_named_for(keyfob: Keyfob, scope: str, error: str) -> None:
    answer = asked(keyfob, service(keyfob, "narrow", "read"), scope=scope)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_d11_an_instance_is_not_registered_for_it(keyfob: Keyfob) -> None:
    answer = asked(keyfob, keyfob.new_instance(), scope="openid")
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


def test_a_client_that_people_register_through_may_ask_about_the_tokens_that_they_got_there(tmp_path: Path) -> None:
    with running_keyfob(tmp_path) as keyfob:
        settings = ClientSettings(registration_client=True)
        client = static_client(keyfob, "registers", secret=SECRET, settings=settings, scope=())
        browser, pkce = keyfob.browser(), Pkce()
        page = keyfob.authorize(browser, pkce, client_id=client.client_id, scope="dcr", nonce="")
        token = str(keyfob.redeem(client, answer_of(browser.sign_in(page))["code"], pkce).json()["access_token"])
        told = introspected(keyfob, client, token).json()
        assert (told["active"], told["scope"], told["sub"], told["username"]) == (True, "dcr", "demouser", "demouser")
        issuer = service(keyfob, "issuer", introspection_scopes=("dcr",))
        assert introspected(keyfob, issuer, token).json() == {"active": False}
        assert keyfob.register(token).status_code == 201
        assert introspected(keyfob, client, token).json() == {"active": False}


def test_a_client_that_is_named_for_it_gets_initial_tokens_each_for_one_registration(tmp_path: Path) -> None:
    with running_keyfob(tmp_path) as keyfob:
        issuer = service(keyfob, "issuer", initial_tokens=True)
        token = token_of(keyfob, issuer, scope="dcr")
        assert introspected(keyfob, issuer, token).json()["scope"] == "dcr"
        assert keyfob.register(token, dict(SEED_REQUEST)).status_code == 201
        answer = keyfob.register(token, dict(SEED_REQUEST))
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_d19_a_resource_server_is_told_of_the_scopes_that_it_guards_and_of_no_others(keyfob: Keyfob) -> None:
    guard = service(keyfob, "guard", introspection_scopes=("profile", "read"))
    tokens = keyfob.tokens(keyfob.new_instance())
    told = introspected(keyfob, guard, tokens.access_token).json()
    assert (told["active"], told["scope"], told["sub"]) == (True, "profile", "demouser")
    assert "username" not in told
    other = service(keyfob, "guards-another", introspection_scopes=("write",))
    for who, token in ((other, tokens.access_token), (guard, tokens.refresh_token), (guard, tokens.id_token)):
        assert introspected(keyfob, who, token).json() == {"active": False}


def test_an_answer_can_be_a_jwt_for_the_one_that_asked(keyfob: Keyfob) -> None:
    guard = service(keyfob, "wants-jwt", introspection_scopes=("openid",))
    tokens = keyfob.tokens(keyfob.new_instance())
    plain = introspected(keyfob, guard, tokens.access_token).json()
    answer = introspected(keyfob, guard, tokens.access_token, "application/token-introspection+jwt")
    assert answer.headers["content-type"] == "application/token-introspection+jwt"
    header, claims = parts(answer.text)
    assert (header["typ"], header["alg"]) == ("token-introspection+jwt", "RS256")
    assert claims == {
        "iss": keyfob.issuer,
        "aud": "wants-jwt",
        "iat": keyfob.clock.now,
        "token_introspection": plain,
    }
    dead = introspected(keyfob, guard, "x" * 40, "application/token-introspection+jwt")
    assert parts(dead.text)[1]["token_introspection"] == {"active": False}


def test_a_token_can_be_told_as_a_jwt_access_token_and_a_dead_one_as_nothing(keyfob: Keyfob) -> None:
    guard = service(keyfob, "wants-phantom", introspection_scopes=("openid",))
    instance = keyfob.new_instance()
    tokens = keyfob.tokens(instance)
    answer = introspected(keyfob, guard, tokens.access_token, "application/jwt, application/json;q=0.5")
    header, claims = parts(answer.text)
    assert (answer.headers["content-type"], header["typ"]) == ("application/jwt", "at+jwt")
    assert {name: claims[name] for name in ("iss", "aud", "sub", "client_id", "scope")} == {
        "iss": keyfob.issuer,
        "aud": "wants-phantom",
        "sub": "demouser",
        "client_id": instance.client_id,
        "scope": "openid",
    }
    assert {"exp", "iat", "jti"} <= set(claims)
    dead = introspected(keyfob, guard, "x" * 40, "application/jwt")
    assert (dead.status_code, dead.content) == (204, b"")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (("application/jwt", "application/json"), "application/jwt"),
        (("text/plain", "application/token-introspection+jwt"), "application/token-introspection+jwt"),
        (("application/jwt;q=0", "application/json"), "application/json"),
        (("application/jwt;q=0.0, */*",), "application/json"),
        (("application/jwt;q=0.1",), "application/jwt"),
    ],
)
def test_what_is_accepted_may_be_said_in_several_lines_and_weighed(
    keyfob: Keyfob, accept: tuple[str, ...], expected: str
) -> None:
    guard = service(keyfob, "accepts", introspection_scopes=("openid",))
    token = keyfob.tokens(keyfob.new_instance()).access_token
    credentials = basic(guard.client_id, guard.client_secret).items()
    headers = [*credentials, *(("accept", line) for line in accept)]
    answer = keyfob.request("POST", INTROSPECT, data={"token": token}, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, expected)


def test_l7_none_of_the_signed_answers_is_taken_for_an_id_token(keyfob: Keyfob) -> None:
    guard = service(keyfob, "confuses", introspection_scopes=("openid",))
    tokens = keyfob.tokens(keyfob.new_instance())
    for accept in ("application/jwt", "application/token-introspection+jwt"):
        jwt = introspected(keyfob, guard, tokens.access_token, accept).text
        assert keyfob.installation.services.signer.verify(jwt) is None
        assert keyfob.userinfo(jwt).status_code == 401
