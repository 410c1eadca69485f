import hashlib
from itertools import product

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from keyfob_client.signatures import P256Key, RsaKey, verify_es256, verify_rs256
from support_signing import p256_signer, rsa_signer

N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
MESSAGE = b"header.payload"


def p256_key(private: ec.EllipticCurvePrivateKey) -> P256Key:
    point = private.public_key().public_numbers()
    return P256Key(point.x, point.y)


def rsa_numbers() -> rsa.RSAPrivateNumbers:
    key = rsa_signer().key
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.private_numbers()


def rsa_key() -> RsaKey:
    public = rsa_numbers().public_numbers
    return RsaKey(public.n, public.e)


def ec_key() -> P256Key:
    key = p256_signer().key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return p256_key(key)


def raw_rsa_signature(encoded: bytes) -> bytes:
    """What a holder of the private key can make of any padded message: the forger's best case."""
    numbers = rsa_numbers()
    n = numbers.public_numbers.n
    return pow(int.from_bytes(encoded, "big"), numbers.d, n).to_bytes(256, "big")


@given(st.binary(max_size=500))
def test_rs256_accepts_what_cryptography_signs(message: bytes) -> None:
    assert verify_rs256(rsa_key(), message, rsa_signer().sign(message))


@given(st.integers(min_value=1, max_value=N - 1), st.binary(max_size=500))
def test_es256_accepts_what_cryptography_signs_with_any_key(secret: int, message: bytes) -> None:
    signer = p256_signer()
    private = ec.derive_private_key(secret, ec.SECP256R1())
    signature = type(signer)("any", private).sign(message)
    assert verify_es256(p256_key(private), message, signature)


@given(st.integers(min_value=0, max_value=2047))
def test_rs256_refuses_a_signature_with_any_bit_turned(bit: int) -> None:
    number = int.from_bytes(rsa_signer().sign(MESSAGE), "big") ^ 1 << bit
    assert not verify_rs256(rsa_key(), MESSAGE, number.to_bytes(256, "big"))


@given(st.integers(min_value=0, max_value=511))
def test_es256_refuses_a_signature_with_any_bit_turned(bit: int) -> None:
    number = int.from_bytes(p256_signer().sign(MESSAGE), "big") ^ 1 << bit
    assert not verify_es256(ec_key(), MESSAGE, number.to_bytes(64, "big"))


@given(st.binary(min_size=1, max_size=100))
def test_no_signature_is_good_for_a_longer_message(added: bytes) -> None:
    assert not verify_rs256(rsa_key(), MESSAGE + added, rsa_signer().sign(MESSAGE))
    assert not verify_es256(ec_key(), MESSAGE + added, p256_signer().sign(MESSAGE))


@given(st.binary(max_size=300))
def test_random_bytes_are_no_signature(junk: bytes) -> None:
    assert not verify_rs256(rsa_key(), MESSAGE, junk)
    assert not verify_es256(ec_key(), MESSAGE, junk)


@pytest.mark.parametrize("length", [0, 1, 255, 257, 512])
def test_an_rsa_signature_has_the_length_of_its_modulus(length: int) -> None:
    signature = rsa_signer().sign(MESSAGE)
    assert not verify_rs256(rsa_key(), MESSAGE, signature[:length].rjust(length, b"\0"))


def test_an_rsa_signature_that_is_not_smaller_than_the_modulus_is_refused() -> None:
    n = rsa_key().n
    number = int.from_bytes(rsa_signer().sign(MESSAGE), "big") + n
    if number < 2**2048:
        assert not verify_rs256(rsa_key(), MESSAGE, number.to_bytes(256, "big"))
    assert not verify_rs256(rsa_key(), MESSAGE, n.to_bytes(256, "big"))


DIGEST = hashlib.sha256(MESSAGE).digest()
FORGED_PADDINGS = {
    "garbage after a short padding": b"\x00\x01" + b"\xff" * 8 + b"\x00" + DIGEST_INFO + DIGEST + b"\x00" * 194,
    "block type 2": b"\x00\x02" + b"\xff" * 202 + b"\x00" + DIGEST_INFO + DIGEST,
    "block type 0": b"\x00\x00" + b"\xff" * 202 + b"\x00" + DIGEST_INFO + DIGEST,
    "a padding byte that is not ff": b"\x00\x01" + b"\xff" * 201 + b"\xfe\x00" + DIGEST_INFO + DIGEST,
    "no zero before the digest": b"\x00\x01" + b"\xff" * 203 + DIGEST_INFO + DIGEST,
    "no DigestInfo": b"\x00\x01" + b"\xff" * 221 + b"\x00" + DIGEST,
    "DigestInfo without NULL": b"\x00\x01" + b"\xff" * 204 + b"\x00"
    b"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20" + DIGEST,
    "the digest of SHA-1": b"\x00\x01" + b"\xff" * 218 + b"\x00"
    b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14" + hashlib.sha1(MESSAGE).digest(),  # noqa: S324 - a forgery
    "a digest of another message": b"\x00\x01" + b"\xff" * 202 + b"\x00" + DIGEST_INFO + bytes(32),
}


@pytest.mark.parametrize("encoded", FORGED_PADDINGS.values(), ids=FORGED_PADDINGS)
def test_a_padding_in_any_other_form_is_refused(encoded: bytes) -> None:
    assert not verify_rs256(rsa_key(), MESSAGE, raw_rsa_signature(encoded[:256].ljust(256, b"\0")))


def test_the_forger_of_these_tests_makes_good_signatures_from_good_padding() -> None:
    good = b"\x00\x01" + b"\xff" * 202 + b"\x00" + DIGEST_INFO + DIGEST
    assert verify_rs256(rsa_key(), MESSAGE, raw_rsa_signature(good))


@pytest.mark.parametrize(("r", "s"), list(product((0, 1, N - 1, N, N + 1, P, 2**256 - 1), repeat=2)))
def test_es256_refuses_r_and_s_at_and_beyond_their_limits(r: int, s: int) -> None:
    assert not verify_es256(ec_key(), MESSAGE, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def test_es256_refuses_r_or_s_that_is_the_right_one_plus_the_order() -> None:
    signature = p256_signer().sign(MESSAGE)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    for forged_r, forged_s in ((r + N, s), (r, s + N)):
        if max(forged_r, forged_s) < 2**256:
            assert not verify_es256(ec_key(), MESSAGE, forged_r.to_bytes(32, "big") + forged_s.to_bytes(32, "big"))
    assert verify_es256(ec_key(), MESSAGE, r.to_bytes(32, "big") + (N - s).to_bytes(32, "big"))


@pytest.mark.parametrize("length", [0, 1, 63, 65, 72, 128])
def test_an_es256_signature_has_64_bytes(length: int) -> None:
    assert not verify_es256(ec_key(), MESSAGE, p256_signer().sign(MESSAGE)[:length].ljust(length, b"\0"))


@pytest.mark.parametrize("secret", [1, 2, 3, N - 1, N - 2])
def test_es256_holds_for_keys_whose_sums_meet_the_special_cases_of_addition(secret: int) -> None:
    private = ec.derive_private_key(secret, ec.SECP256R1())
    signature = type(p256_signer())("small", private).sign(MESSAGE)
    assert verify_es256(p256_key(private), MESSAGE, signature)
    assert not verify_es256(p256_key(private), MESSAGE + b"!", signature)


def test_a_sum_that_is_the_point_at_infinity_verifies_nothing() -> None:
    """With the key -G and u1 = u2 the two products cancel out; r = digest makes them equal."""
    generator = ec.derive_private_key(1, ec.SECP256R1()).public_key().public_numbers()
    digest = int.from_bytes(DIGEST, "big") % N
    forged = digest.to_bytes(32, "big") + (1).to_bytes(32, "big")
    assert not verify_es256(P256Key(generator.x, P - generator.y), MESSAGE, forged)


POINTS_OFF_THE_CURVE = {
    "the origin": (0, 0),
    "a neighbour": (ec_key().x, (ec_key().y + 1) % P),
    "x beyond the field": (ec_key().x + P, ec_key().y),
    "y beyond the field": (ec_key().x, ec_key().y + P),
    "negative": (-1, 1),
    "a point of the curve with another b": (1, 1),
}


@pytest.mark.parametrize(("x", "y"), POINTS_OFF_THE_CURVE.values(), ids=POINTS_OFF_THE_CURVE)
def test_a_point_that_is_not_on_the_curve_is_no_key(x: int, y: int) -> None:
    with pytest.raises(ValueError, match="P-256"):
        P256Key(x, y)


BAD_RSA_KEYS = {
    "1024 bits": (2**1023 + 1, 65537),
    "2047 bits": (2**2046 + 1, 65537),
    "16384 bits": (2**16383 + 1, 65537),
    "an even modulus": (2**2047 + 2, 65537),
    "exponent 1": (2**2047 + 1, 1),
    "exponent 3": (2**2047 + 1, 3),
    "an even exponent": (2**2047 + 1, 65538),
    "an exponent that costs the verifier time": (2**2047 + 1, 2**2040 + 1),
    "nothing": (0, 0),
}


@pytest.mark.parametrize(("n", "e"), BAD_RSA_KEYS.values(), ids=BAD_RSA_KEYS)
def test_an_rsa_key_that_no_honest_server_has_is_no_key(n: int, e: int) -> None:
    with pytest.raises(ValueError, match="RSA"):
        RsaKey(n, e)
