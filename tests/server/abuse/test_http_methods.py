"""Each address takes its methods only, whatever a header or a parameter says."""

from typing import Final

import pytest

from keyfob_server.rules.policy import Paths
from keyfob_server.web.pages.assets import assets
from support_app import AUTHORIZE, LOGOUT, REGISTER, SEED_REQUEST, TOKEN, USERINFO, Keyfob, bearer

ISSUER: Final = Paths().issuer
SIGN_IN: Final = "/authn/authentication/username-password"
CONFIRM: Final = "/authn/authentication/confirm"
NO_ROOM: Final = "/authn/authentication/no-room"
READ: Final = ("GET", "HEAD")
ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    f"{ISSUER}/.well-known/openid-configuration": READ,
    f"/.well-known/openid-configuration{ISSUER}": READ,
    f"/.well-known/oauth-authorization-server{ISSUER}": READ,
    f"{ISSUER}/jwks": READ,
    TOKEN: ("POST",),
    Paths().introspect: ("POST",),
    Paths().revoke: ("POST",),
    USERINFO: (*READ, "POST"),
    REGISTER: ("POST",),
    Paths().registration_alias: ("POST",),
    AUTHORIZE: (*READ, "POST"),
    LOGOUT: (*READ, "POST"),
    SIGN_IN: ("POST",),
    CONFIRM: ("POST",),
    NO_ROOM: ("POST",),
    Paths().devices: (*READ, "POST"),
    f"{Paths().devices}/apps": (*READ, "POST"),
    f"{Paths().devices}/signed-in": READ,
    assets()["keyfob.css"].path: READ,
}
METHODS: Final = (*READ, "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "TRACK", "DEBUG")


def test_k7_the_table_names_every_address_that_is_served(keyfob: Keyfob) -> None:
    assert set(keyfob.app.routes) | keyfob.app.page_paths == set(ALLOWED) - {assets()["keyfob.css"].path}


@pytest.mark.parametrize("path", ALLOWED)
@pytest.mark.parametrize("method", METHODS)
def test_k7_any_other_method_is_405_and_the_answer_says_which_are_served(
    keyfob: Keyfob, path: str, method: str
) -> None:
    answer = keyfob.request(method, path, headers={"x-marker": "echo-me"})
    if method in ALLOWED[path]:
        assert answer.status_code != 405
    else:
        assert answer.status_code == 405
        assert {name.strip() for name in answer.headers["allow"].split(",")} == set(ALLOWED[path])
    assert "echo-me" not in answer.text


@pytest.mark.parametrize(
    "override",
    [
        {"headers": {"x-http-method-override": "POST"}},
        {"headers": {"x-http-method": "POST"}},
        {"headers": {"x-method-override": "POST"}},
        {"params": {"_method": "POST"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", [TOKEN, REGISTER, SIGN_IN])
def test_k7_no_header_and_no_parameter_makes_another_method_of_a_get(
    keyfob: Keyfob, path: str, override: dict[str, dict[str, str]]
) -> None:
    assert keyfob.request("GET", path, **override).status_code == 405


def test_k7_a_post_with_an_override_is_a_post(keyfob: Keyfob) -> None:
    headers = {**bearer(keyfob.initial_token()), "x-http-method-override": "DELETE"}
    assert keyfob.request("POST", REGISTER, json=SEED_REQUEST, headers=headers).status_code == 201


@pytest.mark.parametrize("path", [path for path, methods in ALLOWED.items() if methods == READ])
def test_k7_head_answers_as_get_does(keyfob: Keyfob, path: str) -> None:
    get, head = (keyfob.request(method, path) for method in READ)
    own = {"x-request-id"}
    # without a state of ours nobody comes back from a sign-in
    expected = 403 if path.endswith("/signed-in") else 200
    assert (head.status_code, get.status_code) == (expected, expected)
    assert {n: v for n, v in head.headers.items() if n not in own} == {
        n: v for n, v in get.headers.items() if n not in own
    }
