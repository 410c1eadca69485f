"""The key set that everybody may read."""

import base64
import json

import pytest

from support_app import Keyfob, path_of

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.fixture(scope="module")
def document(keyfob: Keyfob) -> dict[str, list[dict[str, str]]]:
    answer = keyfob.request("GET", f"{path_of(keyfob.issuer)}/jwks")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    keys: dict[str, list[dict[str, str]]] = answer.json()
    return keys


def test_l13_every_published_key_is_an_asymmetric_one_with_public_members_only(
    document: dict[str, list[dict[str, str]]],
) -> None:
    assert set(document) == {"keys"}
    assert document["keys"]
    for key in document["keys"]:
        assert not PRIVATE & key.keys()
        members = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}, "OKP": {"crv", "x"}}[key["kty"]]
        assert key.keys() == {"kty", "kid", "alg", "use", *members}
        assert key["use"] == "sig"
        assert len(key["kid"]) >= 16


def test_l13_the_keys_are_those_that_the_metadata_and_the_id_tokens_name(
    keyfob: Keyfob, document: dict[str, list[dict[str, str]]]
) -> None:
    metadata = keyfob.request("GET", f"{path_of(keyfob.issuer)}/.well-known/openid-configuration").json()
    assert path_of(metadata["jwks_uri"]) == f"{path_of(keyfob.issuer)}/jwks"
    assert {key["alg"] for key in document["keys"]} == set(metadata["id_token_signing_alg_values_supported"])
    head = keyfob.tokens(keyfob.new_instance()).id_token.split(".")[0]
    named = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    assert {"kid": named["kid"], "alg": named["alg"]} in [
        {"kid": key["kid"], "alg": key["alg"]} for key in document["keys"]
    ]


def test_l13_no_private_member_of_a_key_is_in_any_public_document(keyfob: Keyfob) -> None:
    for path in ("/.well-known/openid-configuration", "/jwks"):
        text = keyfob.request("GET", path_of(keyfob.issuer) + path).text
        assert "PRIVATE" not in text
        assert [name for name in PRIVATE if f'"{name}"' in text] == []
