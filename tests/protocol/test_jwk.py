import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.jwk import base64url_decode, base64url_encode, public_members, thumbprint
from support_documents import vectors

RFC7515 = vectors("base64url_rfc7515.json")
RFC7517 = vectors("jwk_rfc7517_appendix_a.json")
RFC7638 = vectors("thumbprint_rfc7638.json")


def keys(kind: str) -> list[dict[str, object]]:
    listed = RFC7517[kind]
    assert isinstance(listed, list)
    return listed


@pytest.mark.parametrize("name", RFC7515)
def test_the_base64url_vectors_of_rfc_7515(name: str) -> None:
    vector = RFC7515[name]
    assert isinstance(vector, dict)
    octets = bytes(vector["octets"])
    assert base64url_encode(octets) == vector["text"]
    assert base64url_decode(vector["text"]) == octets


@given(st.binary())
def test_base64url_is_read_as_it_was_written(data: bytes) -> None:
    assert base64url_decode(base64url_encode(data)) == data


@given(st.text("ABCDEFGHabcdefgh0189-_+/=\n ", max_size=12))
def test_every_value_has_one_spelling(text: str) -> None:
    try:
        data = base64url_decode(text)
    except ValueError:
        return
    assert base64url_encode(data) == text


@pytest.mark.parametrize("text", ["A", "AA==", "AB", "A-z_4MF", "a+b/", "AAAA\n", "AA AA", "éééé", "AAAAA"])
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not base64url"):
        base64url_decode(text)


def test_the_thumbprint_of_rfc_7638_section_3_1() -> None:
    key = RFC7638["key"]
    assert isinstance(key, dict)
    assert thumbprint(key) == RFC7638["thumbprint"]


def test_the_thumbprint_of_rfc_8037_appendix_a_3() -> None:
    key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("index", [0, 1])
def test_the_private_keys_of_rfc_7517_become_its_public_keys(index: int) -> None:
    private, public = keys("private")[index], keys("public")[index]
    assert "d" in private
    assert public_members(private) == public
    assert thumbprint(private) == thumbprint(public)


@pytest.mark.parametrize("key", [
    {"kty": "oct", "k": "GawgguFyGrWKav7AX4VKUg"}, {}, {"kty": 1}, {"kty": ["RSA"]}, {"kty": "rsa"},
])  # fmt: skip
def test_l13_a_key_that_is_not_public_has_no_public_members(key: dict[str, object]) -> None:
    for reader in (public_members, thumbprint):
        with pytest.raises(ValueError, match="kty is not EC, OKP or RSA"):
            reader(key)


@pytest.mark.parametrize("key", [{"kty": "RSA", "n": "AQ"}, {"kty": "EC", "crv": "P-256", "x": "AQ", "y": 7}])
def test_a_key_without_a_member_that_makes_it_is_refused(key: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="missing or not a string"):
        thumbprint(key)
