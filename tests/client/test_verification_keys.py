import pytest

from keyfob_client.errors import InvalidIdToken
from keyfob_client.verification_keys import MAX_KEYS, parse_key_set, select_key
from support_signing import p256_signer, rsa_signer


def test_an_rsa_key_is_for_rs256_and_a_p256_key_for_es256() -> None:
    keys = parse_key_set({"keys": [rsa_signer().jwk(), p256_signer().jwk()]})
    assert [(key.kid, key.alg) for key in keys] == [("rsa-1", "RS256"), ("ec-1", "ES256")]


PASSED_OVER: dict[str, object] = {
    "a shared secret": {"kty": "oct", "k": "c2VjcmV0", "kid": "1"},
    "a shared secret that calls itself RS256": {"kty": "oct", "k": "c2VjcmV0", "alg": "RS256"},
    "an encryption key": {**rsa_signer().jwk(), "use": "enc"},
    "a key that may only sign": {**rsa_signer().jwk(), "key_ops": ["sign"]},
    "key_ops of the wrong type": {**rsa_signer().jwk(), "key_ops": "verify"},
    "an RSA key for another algorithm": {**rsa_signer().jwk(), "alg": "PS256"},
    "an RSA key for HS256": {**rsa_signer().jwk(), "alg": "HS256"},
    "an EC key for RS256": {**p256_signer().jwk(), "alg": "RS256"},
    "another curve": {**p256_signer().jwk(), "crv": "P-384"},
    "a coordinate of 31 bytes": {**p256_signer().jwk(), "x": "A" * 41 + "A"},
    "a point off the curve": {**p256_signer().jwk(), "x": "A" * 43},
    "padding in the modulus": {**rsa_signer().jwk(), "n": str(rsa_signer().jwk()["n"]) + "="},
    "a short modulus": {**rsa_signer().jwk(), "n": "AQAB"},
    "no exponent": {key: value for key, value in rsa_signer().jwk().items() if key != "e"},
    "a kid that is a number": {**rsa_signer().jwk(), "kid": 7},
    "no object": "key",
}


@pytest.mark.parametrize("jwk", PASSED_OVER.values(), ids=PASSED_OVER)
def test_a_key_that_is_not_for_verifying_here_is_passed_over(jwk: object) -> None:
    assert [key.kid for key in parse_key_set({"keys": [jwk, p256_signer("good").jwk()]})] == ["good"]


@pytest.mark.parametrize("keys", [None, {}, "keys", [rsa_signer().jwk()] * (MAX_KEYS + 1)])
def test_a_document_without_a_sensible_list_of_keys_is_refused(keys: object) -> None:
    with pytest.raises(InvalidIdToken):
        parse_key_set({"keys": keys})


def test_a_token_without_kid_is_taken_when_one_key_only_could_be_meant() -> None:
    one = parse_key_set({"keys": [rsa_signer().jwk(), p256_signer().jwk()]})
    assert select_key(one, alg="ES256", kid="").kid == "ec-1"
    two = parse_key_set({"keys": [p256_signer("a").jwk(), p256_signer("b").jwk()]})
    with pytest.raises(InvalidIdToken):
        select_key(two, alg="ES256", kid="")


@pytest.mark.parametrize(("alg", "kid"), [("RS256", "ec-1"), ("ES256", "rsa-1"), ("RS256", "unknown")])
def test_l2_a_key_is_not_found_under_another_algorithm(alg: str, kid: str) -> None:
    keys = parse_key_set({"keys": [rsa_signer().jwk(), p256_signer().jwk()]})
    with pytest.raises(InvalidIdToken):
        select_key(keys, alg="RS256" if alg == "RS256" else "ES256", kid=kid)


def test_two_keys_with_one_kid_are_never_guessed_between() -> None:
    keys = parse_key_set({"keys": [rsa_signer("same").jwk(), rsa_signer("same").jwk()]})
    with pytest.raises(InvalidIdToken):
        select_key(keys, alg="RS256", kid="same")
