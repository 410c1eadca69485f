import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey, RSAKey, thumbprint

from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.roots import Roots, create_roots
from keyfob_server.crypto.signing_keys import (
    SIGNING_ALGORITHMS,
    SigningKeyUnusable,
    generate_signing_key,
    open_signing_key,
)
from keyfob_server.rules.records import SigningKeyRecord

ENTROPY = SystemEntropy()
ROOTS = create_roots(ENTROPY)
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def generate(alg: str, *, rsa_bits: int = 2048) -> SigningKeyRecord:
    return generate_signing_key(alg, ROOTS, entropy=ENTROPY, created=100, signs_from=200, rsa_bits=rsa_bits)


RECORDS = {alg: generate(alg) for alg in SIGNING_ALGORITHMS}
each_algorithm = pytest.mark.parametrize("alg", SIGNING_ALGORITHMS)


@each_algorithm
def test_the_kid_is_the_rfc_7638_thumbprint_of_the_public_key(alg: str) -> None:
    record = RECORDS[alg]
    public = json.loads(record.public_jwk)
    required = {"kty", "n", "e"} if alg == "RS256" else {"kty", "crv", "x", "y"}
    assert record.kid == public["kid"] == thumbprint({name: public[name] for name in required})


@each_algorithm
def test_the_public_jwk_says_what_the_key_is_for(alg: str) -> None:
    public = json.loads(RECORDS[alg].public_jwk)
    assert (public["alg"], public["use"]) == (alg, "sig")
    assert not PRIVATE_MEMBERS & public.keys()


def test_the_record_keeps_its_times() -> None:
    record = RECORDS["ES256"]
    assert (record.created, record.signs_from, record.retired_at) == (100, 200, None)


def test_rsa_keys_come_in_the_two_sizes() -> None:
    for bits in (2048, 3072):
        jwk = open_signing_key(generate("RS256", rsa_bits=bits), ROOTS).jwk
        assert isinstance(jwk, RSAKey)
        assert jwk.public_key.key_size == bits


@pytest.mark.parametrize(
    ("alg", "bits"), [("RS256", 1024), ("RS256", 2047), ("HS256", 2048), ("none", 2048), ("", 2048)]
)
def test_no_weak_size_and_no_other_algorithm_is_generated(alg: str, bits: int) -> None:
    with pytest.raises(ValueError, match="no signing key"):
        generate(alg, rsa_bits=bits)


def private_key_of(record: SigningKeyRecord) -> RSAPrivateKey | EllipticCurvePrivateKey:
    jwk: RSAKey | ECKey = open_signing_key(record, ROOTS).jwk
    assert jwk.private_key is not None
    return jwk.private_key


@each_algorithm
def test_l11_at_rest_there_is_no_private_key_in_any_spelling(alg: str) -> None:
    record = RECORDS[alg]
    private = private_key_of(record)
    at_rest = record.wrapped_private + record.public_jwk.encode() + repr(record).encode()
    assert b"PRIVATE" not in at_rest
    assert b'"d"' not in at_rest
    for encoding, form in (
        (Encoding.DER, PrivateFormat.PKCS8),
        (Encoding.DER, PrivateFormat.TraditionalOpenSSL),
        (Encoding.PEM, PrivateFormat.PKCS8),
    ):
        content = private.private_bytes(encoding, form, NoEncryption())
        assert not any(content[at : at + 16] in record.wrapped_private for at in range(0, len(content) - 16, 8))
    secret_members = open_signing_key(record, ROOTS).jwk.as_dict(private=True)
    assert PRIVATE_MEMBERS & secret_members.keys()
    for name in PRIVATE_MEMBERS & secret_members.keys():
        assert str(secret_members[name]).encode() not in at_rest


@each_algorithm
def test_l11_other_roots_do_not_open_it(alg: str) -> None:
    with pytest.raises(SigningKeyUnusable, match="not among the root keys"):
        open_signing_key(RECORDS[alg], create_roots(ENTROPY))


def test_a_key_of_the_same_id_but_another_value_does_not_open_it() -> None:
    stranger = create_roots(ENTROPY)
    renamed = replace(stranger.verification[0], id=ROOTS.verification[0].id)
    with pytest.raises(SigningKeyUnusable, match="was changed"):
        open_signing_key(RECORDS["ES256"], replace(stranger, verification=(renamed,)))


def test_it_opens_after_every_sealing_key_and_the_newest_verification_key_have_changed() -> None:
    newer = create_roots(ENTROPY)
    rotated = Roots(newer.sealing, newer.verification + ROOTS.verification, ROOTS.pairwise)
    assert open_signing_key(RECORDS["ES256"], rotated).kid == RECORDS["ES256"].kid


def test_any_changed_bit_of_the_wrapping_is_found() -> None:
    record = RECORDS["ES256"]
    for position in range(len(record.wrapped_private) * 8):
        changed = bytearray(record.wrapped_private)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(SigningKeyUnusable):
            open_signing_key(replace(record, wrapped_private=bytes(changed)), ROOTS)


@pytest.mark.parametrize("wrapped", [b"", b"\x01", RECORDS["ES256"].wrapped_private[:20]])
def test_a_wrapping_that_was_cut_short_is_unusable_and_no_crash(wrapped: bytes) -> None:
    with pytest.raises(SigningKeyUnusable):
        open_signing_key(replace(RECORDS["ES256"], wrapped_private=wrapped), ROOTS)


def test_a_row_that_was_put_together_from_two_does_not_open() -> None:
    first, second = RECORDS["ES256"], generate("ES256")
    with pytest.raises(SigningKeyUnusable):
        open_signing_key(replace(first, wrapped_private=second.wrapped_private), ROOTS)
    with pytest.raises(SigningKeyUnusable):
        open_signing_key(replace(first, alg="RS256"), ROOTS)


def test_the_public_key_comes_from_the_wrapping_and_not_from_the_rows_jwk() -> None:
    first, second = RECORDS["ES256"], generate("ES256")
    opened = open_signing_key(replace(first, public_jwk=second.public_jwk), ROOTS)
    assert opened.public_members() == json.loads(first.public_jwk)
