"""Signs as a server would, with `cryptography`: the other side of the client's own verification."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from keyfob_protocol.jwk import base64url_encode


@dataclass(frozen=True)
class Signer:
    kid: str
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    @property
    def alg(self) -> str:
        return "RS256" if isinstance(self.key, rsa.RSAPrivateKey) else "ES256"

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def jwk(self) -> dict[str, object]:
        if isinstance(self.key, rsa.RSAPrivateKey):
            public = self.key.public_key().public_numbers()
            size = (public.n.bit_length() + 7) // 8
            numbers = {"kty": "RSA", "n": _encoded(public.n, size), "e": _encoded(public.e, 3)}
        else:
            point = self.key.public_key().public_numbers()
            numbers = {"kty": "EC", "crv": "P-256", "x": _encoded(point.x, 32), "y": _encoded(point.y, 32)}
        return {**numbers, "kid": self.kid, "use": "sig", "alg": self.alg}

    def token(self, claims: Mapping[str, object], **header: object) -> str:
        return compact({"alg": self.alg, "kid": self.kid, **header}, claims, self.sign)


def compact(header: Mapping[str, object], claims: Mapping[str, object], sign: Callable[[bytes], bytes]) -> str:
    signed = f"{base64url_encode(json.dumps(header).encode())}.{base64url_encode(json.dumps(claims).encode())}"
    return f"{signed}.{base64url_encode(sign(signed.encode()))}"


@cache
def rsa_signer(kid: str = "rsa-1") -> Signer:
    return Signer(kid, rsa.generate_private_key(public_exponent=65537, key_size=2048))


@cache
def p256_signer(kid: str = "ec-1") -> Signer:
    return Signer(kid, ec.generate_private_key(ec.SECP256R1()))


def _encoded(number: int, size: int) -> str:
    return base64url_encode(number.to_bytes(size, "big"))
