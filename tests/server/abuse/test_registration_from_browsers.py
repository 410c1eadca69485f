"""The registration endpoint and what a browser brings along: cookies, other origins, other methods."""

import pytest

from support_app import REGISTER, SEED_REQUEST, Keyfob, Pkce, bearer
from support_sql import records, value

ALIAS = "/oauth/v2/oauth-dynamic-client-registration"
ORIGINS = ("https://evil.example", "null", "http://127.0.0.1:8443", "http://localhost:3000")
OWNER = "select authenticated_user from dynamically_registered_clients where client_id = ?"


def cookies_of(keyfob: Keyfob, user_name: str) -> dict[str, str]:
    """The cookies of somebody who has just signed in, for a header."""
    browser = keyfob.browser()
    instance = keyfob.new_instance(browser)
    if user_name != "demouser":
        browser = keyfob.browser()
        asked = keyfob.authorize(browser, Pkce(), client_id=instance.client_id)
        browser.sign_in(asked, user_name=user_name)
    assert "keyfob-session" in browser.cookies
    return {"cookie": "; ".join(f"{name}={text}" for name, text in browser.cookies.items())}


@pytest.mark.parametrize("path", [REGISTER, ALIAS])
def test_f28_a_cookie_authorizes_nothing(keyfob: Keyfob, path: str) -> None:
    cookies = cookies_of(keyfob, "demouser")
    before = records(keyfob.database)
    for origin in ORIGINS:
        answer = keyfob.request("POST", path, json=SEED_REQUEST, headers=cookies | {"origin": origin})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert records(keyfob.database) == before


def test_f28_the_owner_is_the_tokens_person_whoever_the_cookies_belong_to(keyfob: Keyfob) -> None:
    token = keyfob.initial_token()
    headers = bearer(token) | cookies_of(keyfob, "admin")
    answer = keyfob.request("POST", REGISTER, json=SEED_REQUEST, headers=headers)
    assert answer.status_code == 201
    assert value(keyfob.database, OWNER, answer.json()["client_id"]) == "demouser"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("origin", ORIGINS)
def test_f28_no_other_site_may_call_it(keyfob: Keyfob, origin: str) -> None:
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    answers = [
        keyfob.request("OPTIONS", REGISTER, headers=asked),
        keyfob.request("POST", REGISTER, json=SEED_REQUEST, headers=bearer(keyfob.initial_token()) | asked),
    ]
    assert [answer.status_code for answer in answers] == [405, 201]
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_f28_a_request_that_a_form_can_make_is_refused(keyfob: Keyfob, content_type: str) -> None:
    before = records(keyfob.database)
    headers = bearer(keyfob.initial_token()) | {"content-type": content_type}
    answer = keyfob.request(
        "POST", REGISTER, content=b'{"redirect_uris":["io.curity.dcrclient:/callback"]}', headers=headers
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    names = "dynamically_registered_clients"
    assert records(keyfob.database)[names] == before[names]


@pytest.mark.parametrize("path", [REGISTER, ALIAS])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_f29_any_other_method_is_405_and_says_which_it_allows(keyfob: Keyfob, path: str, method: str) -> None:
    token = keyfob.initial_token()
    before = records(keyfob.database)
    answer = keyfob.request(method, path, headers=bearer(token))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert records(keyfob.database) == before
    overriding = {"x-http-method-override": "POST", "x-method-override": "POST"}
    answer = keyfob.request("GET", f"{path}?_method=POST", headers=bearer(token) | overriding)
    assert answer.status_code == 405


def test_f29_both_addresses_register(keyfob: Keyfob) -> None:
    for path in (REGISTER, ALIAS):
        answer = keyfob.request("POST", path, json=SEED_REQUEST, headers=bearer(keyfob.initial_token()))
        assert answer.status_code == 201
        assert answer.json()["registration_client_uri"].endswith(f"{REGISTER}/{answer.json()['client_id']}")
