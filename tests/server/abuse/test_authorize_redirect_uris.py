"""Where an authorization response may go: to what was registered, byte for byte, save the port of a loopback literal.

The owner is signed in, so that a match would bring a code at once.
"""

import html

import pytest

from support_app import Browser, Instance, Keyfob, Pkce, answer_of, authorize_path
from support_authorize import ERROR_PAGE, links, page, signed_in, static_client, stored
from support_redirect_uris import mutations_of

PRIVATE, HTTPS, LOOPBACK = "com.example.app:/cb", "https://app.example/cb", "http://127.0.0.1/cb"
REGISTERED = (
    PRIVATE,
    "com.example.app://host/path",
    HTTPS,
    LOOPBACK,
    "http://[::1]:4711/cb",
    "http://localhost/cb?x=1",
)


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance(redirect_uris=list(REGISTERED), client_name="")


@pytest.fixture(scope="module")
def owner(keyfob: Keyfob, instance: Instance) -> Browser:
    return signed_in(keyfob, instance, redirect_uri=PRIVATE)


def asked(browser: Browser, client_id: str, redirect_uri: str) -> tuple[int, str | None, str | None, str | None]:
    """The verdict on a request whose answer should go to `redirect_uri`, and that nothing of the page leads there."""
    path = authorize_path(
        response_type="code",
        client_id=client_id,
        redirect_uri=redirect_uri,
        scope="openid",
        code_challenge=Pkce().challenge,
        code_challenge_method="S256",
    )
    answer = browser.get(path)
    if answer.status_code == ERROR_PAGE[0]:
        assert all(link.startswith("/assets/") for link in links(answer))
        assert len(redirect_uri) < 4 or redirect_uri not in html.unescape(answer.text)
    return page(answer)


@pytest.mark.parametrize("uri", REGISTERED)
def test_a2_the_registered_uri_itself_gets_a_code(owner: Browser, instance: Instance, uri: str) -> None:
    status, _, location, _ = asked(owner, instance.client_id, uri)
    assert status == 303
    assert location is not None
    assert location.startswith(uri + ("&code=" if "?" in uri else "?code="))


@pytest.mark.parametrize("uri", REGISTERED)
def test_a2_no_mutation_of_a_registered_uri_is_accepted_or_becomes_a_link(
    keyfob: Keyfob, owner: Browser, instance: Instance, uri: str
) -> None:
    before = stored(keyfob)
    mutations = mutations_of(uri)
    assert len(mutations) > 30
    assert {mutation: asked(owner, instance.client_id, mutation) for mutation in mutations} == dict.fromkeys(
        mutations, ERROR_PAGE
    )
    assert stored(keyfob) == before


@pytest.mark.parametrize("uri", [
    "http://127.0.0.1:80@evil.example/cb", "http://a@127.0.0.1/cb", "http://a@b@127.0.0.1/cb", "http://127.0.0.1@/cb",
    "http://127.0.0.1#@evil.example/cb", "http://127.0.0.1:4711#@evil.example/cb", "http://127.0.0.1\\@evil.example/cb",
    "https://app.example@evil.example/cb", "https://@app.example/cb", "com.example.app://user@host/path",
])  # fmt: skip
def test_a4_user_information_is_refused_also_when_it_is_among_the_registered(
    keyfob: Keyfob, owner: Browser, instance: Instance, uri: str
) -> None:
    assert asked(owner, instance.client_id, uri) == ERROR_PAGE
    planted = static_client(keyfob, "planted-user-information", redirect_uris=(uri, PRIVATE))
    assert asked(owner, planted.client_id, PRIVATE)[0] == 303
    assert asked(owner, planted.client_id, uri) == ERROR_PAGE


@pytest.mark.parametrize("uri", [PRIVATE, HTTPS, LOOPBACK, "http://localhost/cb?x=1"])
def test_a5_any_letter_of_the_other_case_does_not_match(owner: Browser, instance: Instance, uri: str) -> None:
    for place, letter in enumerate(uri):
        changed = uri[:place] + letter.swapcase() + uri[place + 1 :]
        assert (asked(owner, instance.client_id, changed) == ERROR_PAGE) is (changed != uri), changed


@pytest.mark.parametrize("port", ["", ":1", ":4711", ":65535"])
@pytest.mark.parametrize("uri", ["http://127.0.0.1{}/cb", "http://[::1]{}/cb", "http://localhost{}/cb?x=1"])
def test_a6_the_port_of_a_loopback_uri_may_differ(owner: Browser, instance: Instance, uri: str, port: str) -> None:
    presented = uri.format(port)
    status, _, location, _ = asked(owner, instance.client_id, presented)
    assert status == 303
    assert location is not None
    assert location.startswith(presented)


@pytest.mark.parametrize("uri", [
    "http://127.0.0.1/cb?x=1", "http://127.0.0.1/", "http://127.0.0.1", "http://127.0.0.1/CB", "http://127.0.0.1/cb/",
    "https://127.0.0.1/cb", "http://localhost/cb", "http://127.0.0.2/cb", "http://0.0.0.0/cb", "http://127.1/cb",
    "http://[::ffff:127.0.0.1]/cb", "http://[::]/cb", "http://[::1]/", "http://[::1]/cb?x=1", "http://2130706433/cb",
    "http://0x7f.0.0.1/cb", "http://127.0.0.1.evil.example/cb", "http://evil.example/cb", "http://127.0.0.1:/cb",
    "http://127.0.0.1:0/cb", "http://127.0.0.1:65536/cb", "http://127.0.0.1:080/cb", "http://127.0.0.1:80:80/cb",
    "http://127.0.0.1:x/cb", "http://127.0.0.1:-1/cb", "http://127.0.0.1:4711/cb#", "http:127.0.0.1/cb",
    "http://localhost/cb?x=2", "http://localhost.evil.example/cb?x=1", "https://app.example:8443/cb",
    "https://app.example:443/cb", "com.example.app://host:1/path",
])  # fmt: skip
def test_a6_nothing_but_the_port_of_a_loopback_literal_may_differ(owner: Browser, instance: Instance, uri: str) -> None:
    assert asked(owner, instance.client_id, uri) == ERROR_PAGE


def test_a6_where_a_client_is_told_to_keep_its_port_the_port_counts(keyfob: Keyfob, owner: Browser) -> None:
    strict = static_client(keyfob, "keeps-its-port", redirect_uris=[LOOPBACK], any_loopback_port=False)
    web = static_client(keyfob, "a-web-client", redirect_uris=[LOOPBACK], application_type="web")
    for client in (strict, web):
        assert asked(owner, client.client_id, LOOPBACK)[0] == 303
        assert asked(owner, client.client_id, "http://127.0.0.1:4711/cb") == ERROR_PAGE


@pytest.mark.parametrize("fragment", ["#", "#x", "#?code=y", "?#", "%23#"])
@pytest.mark.parametrize("uri", [PRIVATE, HTTPS, LOOPBACK])
def test_a10_a_fragment_is_refused_also_when_it_is_among_the_registered(
    keyfob: Keyfob, owner: Browser, instance: Instance, uri: str, fragment: str
) -> None:
    assert asked(owner, instance.client_id, uri + fragment) == ERROR_PAGE
    planted = static_client(keyfob, "planted-fragment", redirect_uris=(uri + fragment, uri))
    assert asked(owner, planted.client_id, uri)[0] == 303
    assert asked(owner, planted.client_id, uri + fragment) == ERROR_PAGE


def test_a13_of_several_registered_uris_one_must_be_named(keyfob: Keyfob, owner: Browser, instance: Instance) -> None:
    before = stored(keyfob)
    for scope in ("openid", "profile"):
        for prompt in ("", "none"):
            answer = keyfob.authorize(
                owner, Pkce(), client_id=instance.client_id, redirect_uri="", scope=scope, prompt=prompt
            )
            assert page(answer) == ERROR_PAGE
    assert stored(keyfob) == before


def test_a13_the_only_registered_uri_may_be_left_out_without_openid_alone(keyfob: Keyfob) -> None:
    only = keyfob.new_instance()
    browser = signed_in(keyfob, only)
    request = {"client_id": only.client_id, "redirect_uri": ""}
    assert answer_of(keyfob.authorize(browser, Pkce(), **request, scope="profile")).keys() == {"code", "state", "iss"}
    for scope in ("openid", "openid profile", ""):
        answer = answer_of(keyfob.authorize(browser, Pkce(), **request, scope=scope))
        assert answer["error"] == "invalid_request", scope
        assert "code" not in answer
