"""No client gets a code without an S256 challenge."""

from urllib.parse import urlsplit

import pytest

from support_app import Keyfob, Pkce, answer_of
from support_authorize import KINDS, client_of_kind, error_of, stored

GOOD = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The challenge of RFC 7636, appendix B."""


@pytest.fixture(scope="module", params=KINDS)
def client(request: pytest.FixtureRequest, keyfob: Keyfob) -> tuple[str, str]:
    return client_of_kind(keyfob, request.param)


def refusal(keyfob: Keyfob, client: tuple[str, str], **changes: str) -> tuple[str, str]:
    """Error and description, the same for a fresh browser and for one in which somebody is signed in."""
    client_id, scope = client
    signed = keyfob.browser()
    asked = keyfob.authorize(signed, Pkce(), client_id=client_id, scope=scope)
    assert "code" in answer_of(signed.sign_in(asked))
    before = stored(keyfob)
    told = set()
    for browser in (keyfob.browser(), signed):
        answer = keyfob.authorize(browser, Pkce(), client_id=client_id, scope=scope, **changes)
        told.add((error_of(answer), answer_of(answer)["error_description"]))
    assert stored(keyfob) == before
    (only,) = told
    return only


def test_b1_without_a_challenge_every_kind_of_client_is_refused(keyfob: Keyfob, client: tuple[str, str]) -> None:
    expected = ("invalid_request", "code_challenge required")
    assert refusal(keyfob, client, code_challenge="", code_challenge_method="") == expected
    assert refusal(keyfob, client, code_challenge="") == expected


@pytest.mark.parametrize("method", ["", "plain", "PLAIN", "s256", "S512", "S256 plain", "none", "S256 "])
def test_b2_every_method_but_s256_is_refused_for_every_kind_of_client(
    keyfob: Keyfob, client: tuple[str, str], method: str
) -> None:
    expected = ("invalid_request", "code_challenge_method must be S256")
    assert refusal(keyfob, client, code_challenge_method=method) == expected


def test_b2_the_metadata_names_s256_alone(keyfob: Keyfob) -> None:
    issuer = urlsplit(keyfob.issuer).path
    for path in (f"{issuer}/.well-known/openid-configuration", f"/.well-known/oauth-authorization-server{issuer}"):
        assert keyfob.request("GET", path).json()["code_challenge_methods_supported"] == ["S256"]


@pytest.mark.parametrize(
    "challenge",
    ["x", GOOD[:-1], GOOD + "A", GOOD + "=", GOOD[:-1] + "=", GOOD[:-1] + "+", GOOD[:-1] + "/", GOOD[:-1] + " ",
     GOOD[:-1] + "\n", GOOD + "\n", GOOD[:-1] + "\u00e9", GOOD * 3, "A" * 128, "A" * 4000],
    ids=range(14),
)  # fmt: skip
def test_b6_a_challenge_that_is_not_43_characters_of_base64url_is_refused(keyfob: Keyfob, challenge: str) -> None:
    client = client_of_kind(keyfob, "static")
    expected = ("invalid_request", "code_challenge must be 43 characters of base64url")
    assert refusal(keyfob, client, code_challenge=challenge) == expected


def test_b6_a_challenge_of_43_characters_is_taken(keyfob: Keyfob) -> None:
    client_id, scope = client_of_kind(keyfob, "static")
    browser = keyfob.browser()
    asked = keyfob.authorize(browser, Pkce(), client_id=client_id, scope=scope, code_challenge=GOOD)
    assert "code" in answer_of(browser.sign_in(asked))
