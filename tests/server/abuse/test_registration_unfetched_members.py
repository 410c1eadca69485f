"""Row F17: addresses in a registration that a server of other features would fetch are ignored here.

The server of these tests has a fetcher that may reach this machine, so what stays away does so by itself.
"""

from collections.abc import Iterator

import pytest

from keyfob_server.observability.events import LogEvents
from keyfob_server.ports.fetching import FetchFailed
from support_app import LOGOUT, Keyfob, Pkce, answer_of, basic, tokens_of
from support_management import Managed, managed
from support_outbound import Canary, canary, guarded_fetcher, keyfob_with_fetcher

MEMBERS = ("jwks_uri", "initiate_login_uri", "backchannel_logout_uri", "frontchannel_logout_uri")


@pytest.fixture
def bird() -> Iterator[Canary]:
    with canary() as listening:
        yield listening


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    fetcher = guarded_fetcher(LogEvents())
    with keyfob_with_fetcher(tmp_path_factory.mktemp("keyfob"), fetcher) as running:
        yield running
        running.run(fetcher.close())


def members(bird: Canary) -> dict[str, object]:
    """Each with an address of its own."""
    base = f"https://localhost:{bird.port}"
    return {name: f"{base}/{name}" for name in MEMBERS} | {"request_uris": [f"{base}/request#x", f"{base}/request"]}


def live(keyfob: Keyfob, app: Managed) -> None:
    """Everything that an instance does, and what happens to it, to the end."""
    browser, pkce = keyfob.browser(), Pkce()
    browser.sign_in(keyfob.authorize(browser, Pkce(), client_id=app.instance.client_id, prompt="login"))
    tokens = tokens_of(keyfob.redeem(app.instance, keyfob.code_for(app.instance, browser, pkce), pkce))
    assert keyfob.refresh(app.instance, tokens.refresh_token).status_code == 200
    assert keyfob.userinfo(tokens.access_token).status_code == 200
    form = {"token": tokens.access_token}
    credentials = basic(app.instance.client_id, app.instance.client_secret)
    for path in ("/oauth/v2/oauth-introspect", "/oauth/v2/oauth-revoke"):
        assert keyfob.request("POST", path, data=form, headers=credentials).status_code == 200
    assert browser.get(f"{LOGOUT}?id_token_hint={tokens.id_token}").status_code in {200, 303}


def test_f17_no_address_that_a_registration_names_is_fetched_in_all_its_life(keyfob: Keyfob, bird: Canary) -> None:
    named = members(bird)
    app = managed(keyfob, **named)
    assert [name for name in named if name in app.instance.document] == []
    live(keyfob, app)
    updated = app.update(None, client_name="Renamed", **named)
    assert updated.status_code == 200
    assert [name for name in named if name in updated.json()] == []
    assert app.delete(updated.json()["registration_access_token"]).status_code == 204
    assert bird.connections() == 0


@pytest.mark.parametrize("name", [*MEMBERS, "request_uris"])
def test_f17_each_such_member_alone_is_ignored_and_not_fetched(keyfob: Keyfob, bird: Canary, name: str) -> None:
    document = keyfob.new_instance(None, **{name: members(bird)[name]}).document
    assert name not in document
    assert bird.connections() == 0


def test_f17_keys_by_address_are_not_fetched_for_a_client_that_tries_to_sign(keyfob: Keyfob, bird: Canary) -> None:
    app = managed(keyfob, **members(bird))
    assertion = {
        "grant_type": "refresh_token",
        "refresh_token": "x",
        "client_id": app.instance.client_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": "eyJhbGciOiJFUzI1NiJ9.e30.AAAA",
    }
    assert keyfob.token(assertion).status_code in {400, 401}
    assert bird.connections() == 0


def test_f17_a_request_by_address_is_refused_and_not_fetched(keyfob: Keyfob, bird: Canary) -> None:
    app = managed(keyfob, **members(bird))
    uri = f"https://localhost:{bird.port}/request"
    answer = keyfob.authorize(keyfob.browser(), Pkce(), client_id=app.instance.client_id, request_uri=uri)
    assert answer_of(answer)["error"] == "request_uri_not_supported"
    assert bird.connections() == 0


def test_f17_the_fetcher_of_these_tests_would_have_reached_the_listener(keyfob: Keyfob, bird: Canary) -> None:
    with pytest.raises(FetchFailed):
        keyfob.run(keyfob.installation.services.fetcher.fetch(f"https://localhost:{bird.port}/"))
    assert bird.connections() > 0
