"""RS256 and ES256 verification in pure Python, for devices without native crypto libraries (RFC 7518 section 3).

Only public data passes here, so nothing needs to be constant-time. Every check is exact: a signature is accepted only
in the one form that a correct signer makes.
"""

import hashlib
from dataclasses import dataclass

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192
MIN_RSA_EXPONENT = 65537
MAX_RSA_EXPONENT = 2**32

# The DER of DigestInfo for SHA-256, up to the digest (RFC 8017 section 9.2, note 1).
_SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")

# NIST P-256 (FIPS 186-4 D.1.2.3).
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_A = _P - 3
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_COORDINATE_BYTES = 32

# A point in Jacobian coordinates (X, Y, Z) stands for (X/Z^2, Y/Z^3); Z = 0 is the point at infinity.
_Point = tuple[int, int, int]
_INFINITY: _Point = (1, 1, 0)
_G: _Point = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    1,
)


@dataclass(frozen=True, slots=True)
class RsaKey:
    """n and e of RFC 7518 section 6.3.1. ValueError when the key is too weak, or too big to be honest."""

    n: int
    e: int

    def __post_init__(self) -> None:
        if not MIN_RSA_BITS <= self.n.bit_length() <= MAX_RSA_BITS:
            raise ValueError(f"an RSA modulus has {MIN_RSA_BITS} to {MAX_RSA_BITS} bits")
        if self.n % 2 == 0:
            raise ValueError("an RSA modulus is odd")
        if not MIN_RSA_EXPONENT <= self.e < MAX_RSA_EXPONENT or self.e % 2 == 0:
            raise ValueError("an RSA public exponent is odd and at least 65537")


@dataclass(frozen=True, slots=True)
class P256Key:
    """x and y of RFC 7518 section 6.2.1. ValueError when the point is not on the curve."""

    x: int
    y: int

    def __post_init__(self) -> None:
        if not (0 <= self.x < _P and 0 <= self.y < _P):
            raise ValueError("a P-256 coordinate is smaller than the field")
        if (self.y * self.y - (self.x**3 + _A * self.x + _B)) % _P:
            raise ValueError("the point is not on P-256")


def verify_rs256(key: RsaKey, message: bytes, signature: bytes) -> bool:
    """RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2). The padding is built and compared whole, never parsed."""
    length = (key.n.bit_length() + 7) // 8
    if len(signature) != length:
        return False
    number = int.from_bytes(signature, "big")
    if number >= key.n:
        return False
    tail = _SHA256_DIGEST_INFO + hashlib.sha256(message).digest()
    expected = b"\x00\x01" + b"\xff" * (length - len(tail) - 3) + b"\x00" + tail
    return pow(number, key.e, key.n).to_bytes(length, "big") == expected


def verify_es256(key: P256Key, message: bytes, signature: bytes) -> bool:
    """ECDSA on P-256 with the 64 bytes r and s of RFC 7518 section 3.4 (FIPS 186-4 section 6.4)."""
    if len(signature) != 2 * _COORDINATE_BYTES:
        return False
    r = int.from_bytes(signature[:_COORDINATE_BYTES], "big")
    s = int.from_bytes(signature[_COORDINATE_BYTES:], "big")
    if not (0 < r < _N and 0 < s < _N):
        return False
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    inverse = pow(s, -1, _N)
    x, _, z = _sum_of_products(digest * inverse % _N, r * inverse % _N, (key.x, key.y, 1))
    if z == 0:
        return False
    return x * pow(z * z, -1, _P) % _P % _N == r


def _sum_of_products(u1: int, u2: int, q: _Point) -> _Point:
    """u1 * G + u2 * q, both multiplications in one pass over the bits."""
    table = (_INFINITY, _G, q, _add(_G, q))
    total = _INFINITY
    for bit in range(max(u1.bit_length(), u2.bit_length()) - 1, -1, -1):
        total = _add(_double(total), table[(u1 >> bit & 1) | (u2 >> bit & 1) << 1])
    return total


def _double(point: _Point) -> _Point:
    x, y, z = point
    if z == 0:
        # P-256 has prime order: no point has y = 0, so infinity is the only special case.
        return _INFINITY
    zz = z * z % _P
    slope = 3 * (x - zz) * (x + zz) % _P
    yy = y * y % _P
    beta = x * yy % _P
    x3 = (slope * slope - 8 * beta) % _P
    y3 = (slope * (4 * beta - x3) - 8 * yy * yy) % _P
    return x3, y3, 2 * y * z % _P


def _add(left: _Point, right: _Point) -> _Point:
    if left[2] == 0:
        return right
    if right[2] == 0:
        return left
    (x1, y1, z1), (x2, y2, z2) = left, right
    z1z1, z2z2 = z1 * z1 % _P, z2 * z2 % _P
    u1, u2 = x1 * z2z2 % _P, x2 * z1z1 % _P
    s1, s2 = y1 * z2 * z2z2 % _P, y2 * z1 * z1z1 % _P
    if u1 == u2:
        return _double(left) if s1 == s2 else _INFINITY
    h, r = (u2 - u1) % _P, (s2 - s1) % _P
    hh = h * h % _P
    hhh, v = h * hh % _P, u1 * hh % _P
    x3 = (r * r - hhh - 2 * v) % _P
    y3 = (r * (v - x3) - s1 * hhh) % _P
    return x3, y3, h * z1 * z2 % _P
