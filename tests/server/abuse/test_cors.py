"""Pages of other origins: what they may call, with the setting, with a client's own list, and without either."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import httpx
import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.demo.data import demo_policy
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.policy import Paths
from support_app import BASE, REGISTER, SEED_REQUEST, TOKEN, USERINFO, Instance, Keyfob, basic, bearer, running_keyfob
from support_authorize import static_client
from support_sql import records

APP: Final = "https://app.example"
OWN: Final = "http://localhost:5173"
"""Listed by one client alone."""
EVIL: Final = ("https://evil.example", "null", BASE, "https://app.example.evil.example", "HTTPS://app.example", "*")
PATHS: Final = Paths()
SHARED: Final = {
    TOKEN: "POST",
    REGISTER: "POST",
    PATHS.registration_alias: "POST",
    f"{REGISTER}/01890000-0000-7000-8000-000000000000": "GET, HEAD, PUT, DELETE",
    f"{REGISTER}/01890000-0000-7000-8000-000000000000/secret": "POST",
    USERINFO: "GET, HEAD, POST",
    PATHS.introspect: "POST",
    PATHS.revoke: "POST",
}
PUBLIC: Final = (f"{PATHS.issuer}/.well-known/openid-configuration", f"{PATHS.issuer}/jwks")
PAGES: Final = (PATHS.authorize, PATHS.end_session, f"{PATHS.authentication}/username-password")


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    """A server whose setting lists one origin."""
    policy = replace(demo_policy(BASE), cors_origins=(APP,))
    with running_keyfob(tmp_path_factory.mktemp("listing"), policy=policy) as running:
        yield running


def preflight(keyfob: Keyfob, path: str, origin: str) -> httpx.Response:
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    return keyfob.request("OPTIONS", path, headers=asked)


def own_client(keyfob: Keyfob, client_id: str) -> Instance:
    """A confidential client with an origin of its own."""
    instance = static_client(keyfob, client_id, secret="a secret of this client")
    store = keyfob.installation.store
    client = keyfob.run(store.load(client_id=ClientId(client_id))).client
    assert client is not None
    listing = replace(client, settings=ClientSettings(cors_origins=(OWN,)))
    keyfob.run(store.put_static_client(listing, now=keyfob.clock.now))
    return instance


def access_headers(answer: httpx.Response) -> set[str]:
    return {name for name in answer.headers if name.startswith("access-control-")}


@pytest.mark.parametrize("path", SHARED)
def test_d16_a_preflight_of_a_listed_origin_is_answered_without_credentials(listing: Keyfob, path: str) -> None:
    before = records(listing.database)
    answer = preflight(listing, path, APP)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == APP
    assert answer.headers["access-control-allow-methods"] == SHARED[path]
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert records(listing.database) == before


@pytest.mark.parametrize("origin", EVIL)
@pytest.mark.parametrize("path", SHARED)
def test_d16_any_other_origin_is_told_nothing(listing: Keyfob, path: str, origin: str) -> None:
    asked = preflight(listing, path, origin)
    assert asked.status_code == 405
    sent = listing.request(SHARED[path].split(", ")[0], path, headers={"origin": origin})
    for answer in (asked, sent):
        assert access_headers(answer) == set()
        assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("path", SHARED)
def test_d16_without_a_setting_no_origin_is_let_in(keyfob: Keyfob, path: str) -> None:
    for origin in (APP, *EVIL):
        assert preflight(keyfob, path, origin).status_code == 405
        answer = keyfob.request(SHARED[path].split(", ")[0], path, headers={"origin": origin})
        assert access_headers(answer) == set()


def test_d16_a_listed_origin_reads_answers_and_refusals_alike(listing: Keyfob) -> None:
    instance = listing.new_instance()
    refusal = listing.token({"grant_type": "refresh_token", "refresh_token": "x"}, {"origin": APP})
    assert refusal.status_code == 401
    tokens = listing.tokens(instance)
    answer = listing.request("GET", USERINFO, headers=bearer(tokens.access_token) | {"origin": APP})
    assert answer.status_code == 200
    registered = listing.request(
        "POST", REGISTER, json=SEED_REQUEST, headers=bearer(listing.initial_token()) | {"origin": APP}
    )
    assert registered.status_code == 201
    for shared in (refusal, answer, registered):
        assert shared.headers["access-control-allow-origin"] == APP
        assert "WWW-Authenticate" in shared.headers["access-control-expose-headers"]
        assert shared.headers["cache-control"] == "no-store"
        assert "access-control-allow-credentials" not in shared.headers


def test_d16_a_clients_own_origin_reads_that_clients_answers_and_no_other_ones(keyfob: Keyfob) -> None:
    own, other = own_client(keyfob, "own-origin"), static_client(keyfob, "no-origin", secret="another secret")
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    answers = [
        keyfob.token(form, basic(client.client_id, secret) | {"origin": OWN})
        for client, secret in ((own, own.client_secret), (other, other.client_secret), (own, "wrong"))
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 401]
    assert [answer.headers.get("access-control-allow-origin") for answer in answers] == [OWN, None, None]
    silent = keyfob.token(form, {"origin": OWN})
    assert (silent.status_code, access_headers(silent)) == (401, set())


def test_d16_a_preflight_is_answered_for_any_clients_origin_since_it_names_none(keyfob: Keyfob) -> None:
    own_client(keyfob, "asks-before")
    answer = preflight(keyfob, TOKEN, OWN)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, OWN)
    for other in (*EVIL, "http://localhost:517", "http://localhost:51730", "http://localhost:5174", "%", "_"):
        assert preflight(keyfob, TOKEN, other).status_code == 405


@pytest.mark.parametrize("path", [PATHS.revoke, PATHS.introspect])
def test_d16_a_clients_own_origin_reads_what_it_asks_of_a_token(keyfob: Keyfob, path: str) -> None:
    own = own_client(keyfob, f"asks-at-{path.rpartition('-')[2]}")
    headers = basic(own.client_id, own.client_secret)
    answers = [
        keyfob.request("POST", path, data={"token": "x"}, headers=headers | {"origin": origin}) for origin in (OWN, APP)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.headers.get("access-control-allow-origin") for answer in answers] == [OWN, None]


def test_d16_null_and_a_wildcard_in_a_clients_list_let_nobody_in(keyfob: Keyfob) -> None:
    own = own_client(keyfob, "careless")
    store = keyfob.installation.store
    client = keyfob.run(store.load(client_id=ClientId("careless"))).client
    assert client is not None
    careless = replace(client, settings=ClientSettings(cors_origins=("null", "*")))
    keyfob.run(store.put_static_client(careless, now=keyfob.clock.now))
    for origin in ("null", "*", "https://evil.example"):
        headers = basic(own.client_id, own.client_secret) | {"origin": origin}
        answer = keyfob.token({"grant_type": "refresh_token", "refresh_token": "x"}, headers)
        assert (answer.status_code, access_headers(answer)) == (400, set())
        assert preflight(keyfob, TOKEN, origin).status_code == 405


@pytest.mark.parametrize("path", PUBLIC)
def test_d16_what_is_the_same_for_everybody_is_read_by_any_origin(keyfob: Keyfob, path: str) -> None:
    for origin in ("https://evil.example", "null"):
        for answer in (preflight(keyfob, path, origin), keyfob.request("GET", path, headers={"origin": origin})):
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in answer.headers
        assert preflight(keyfob, path, origin).headers["access-control-allow-methods"] == "GET, HEAD"


@pytest.mark.parametrize("path", PAGES)
def test_d16_no_page_is_shared_with_another_origin(listing: Keyfob, path: str) -> None:
    for answer in (preflight(listing, path, APP), listing.request("GET", path, headers={"origin": APP})):
        assert access_headers(answer) == set()
        assert answer.status_code != 204


@pytest.mark.parametrize("path", SHARED)
def test_k7_options_without_an_origin_or_without_a_question_is_405(listing: Keyfob, path: str) -> None:
    for headers in ({}, {"origin": APP}, {"access-control-request-method": "POST"}):
        answer = listing.request("OPTIONS", path, headers=headers)
        assert (answer.status_code, answer.headers["allow"]) == (405, SHARED[path])
