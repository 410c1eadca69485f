"""Redirect URIs that could be abused, sent to the real endpoint. Why each is refused, the rule's own table shows."""

import pytest

from support_app import LOGGED_OUT, REDIRECT, SEED_REQUEST, Keyfob
from support_sql import records

HOSTILE = (
    "http://app.example/cb",
    "http://127.0.0.2/cb",
    "http://127.1/cb",
    "http://2130706433/cb",
    "http://0x7f.1/cb",
    "http://0.0.0.0/cb",
    "http://[::]/cb",
    "http://[::ffff:127.0.0.1]/cb",
    "http://169.254.169.254/",
    "http://127.0.0.1.evil.example/cb",
    "http://127.0.0.1@evil.example/cb",
    "http://127.0.0.1:80@evil.example:80/cb",
    "http://127.0.0.1\\@evil.example/",
    "https://user@app.example/cb",
    "https://10.0.0.1/cb",
    "https://[::1]/cb",
    "https://app.example/cb#fragment",
    "https://app.example/cb#",
    "https://*.app.example/cb",
    "https://app.example/*",
    "*",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://app.example/1",
    "about:blank",
    "intent://scan/#Intent;end",
    "mailto:a@app.example",
    "myapp:/callback",
    "COM.EXAMPLE.APP:/callback",
    "//app.example/cb",
    "/callback",
    "app.example/cb",
    "",
    "https://",
    "https:///cb",
    "https://app.example/cb\r\nset-cookie: x=y",
    "https://app.example/\u202ecb",
    "https://app.example/a/../b",
    "https://app.example:99999/",
    "https://b\u00fccher.example/",
    "https://app.example/" + "a" * 1981,
    "io.curity.dcrclient:/" + "a" * 2001,
)


@pytest.fixture(scope="module")
def token(keyfob: Keyfob) -> str:
    """Never spent: everything is refused."""
    return keyfob.initial_token()


def assert_refused(keyfob: Keyfob, token: str, changes: dict[str, object]) -> str:
    before = records(keyfob.database)
    answer = keyfob.register(token, SEED_REQUEST | changes)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")
    assert records(keyfob.database) == before
    return str(answer.json()["error_description"])


@pytest.mark.parametrize("uri", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("member", ["redirect_uris", "post_logout_redirect_uris"])
def test_f11_a_uri_that_could_be_abused_is_refused_alone_and_among_good_ones(
    keyfob: Keyfob, token: str, member: str, uri: str
) -> None:
    for value in ([uri], [REDIRECT, uri], uri):
        described = assert_refused(keyfob, token, {member: value})
        assert member in described
        assert not uri or len(uri) < 5 or uri not in described


def test_f11_none_at_all_is_refused(keyfob: Keyfob, token: str) -> None:
    assert_refused(keyfob, token, {"redirect_uris": []})
    before = records(keyfob.database)
    answer = keyfob.register(token, {"scope": "openid"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")
    assert records(keyfob.database) == before


@pytest.mark.parametrize("member", ["redirect_uris", "post_logout_redirect_uris"])
def test_f11_twenty_one_are_too_many_and_twenty_are_not(keyfob: Keyfob, token: str, member: str) -> None:
    uris = [f"io.curity.dcrclient:/{number}" for number in range(21)]
    assert_refused(keyfob, token, {member: uris})
    most: dict[str, object] = {member: uris[:20]}
    assert keyfob.new_instance(None, **most).document[member] == uris[:20]


def test_f11_two_thousand_characters_are_the_most(keyfob: Keyfob) -> None:
    longest = "https://app.example/" + "a" * 1980
    assert keyfob.new_instance(redirect_uris=[longest]).document["redirect_uris"] == [longest]


@pytest.mark.parametrize(
    "uri",
    [
        REDIRECT,
        "com.example.app://host/path",
        "http://127.0.0.1/cb",
        "http://[::1]/cb",
        "http://localhost:1/cb",
        "https://app.example/cb?x=1",
    ],
)
def test_f11_what_real_apps_use_is_registered_to_the_letter(keyfob: Keyfob, uri: str) -> None:
    document = keyfob.new_instance(redirect_uris=[uri], post_logout_redirect_uris=[LOGGED_OUT, uri]).document
    assert (document["redirect_uris"], document["post_logout_redirect_uris"]) == ([uri], [LOGGED_OUT, uri])
