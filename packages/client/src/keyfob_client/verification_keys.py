"""The server's public keys (RFC 7517), each bound to the one algorithm that it may verify.

A token's header never chooses how a key is used: an RSA key verifies RS256 and a P-256 key verifies ES256, and a shared
secret is not a key here at all (RFC 8725 section 3.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from keyfob_client.errors import InvalidIdToken
from keyfob_client.signatures import P256Key, RsaKey, verify_es256, verify_rs256
from keyfob_protocol.jwk import base64url_decode

Algorithm = Literal["RS256", "ES256"]
SUPPORTED_ALGORITHMS: tuple[Algorithm, ...] = ("RS256", "ES256")

MAX_KEYS = 32
_COORDINATE_BYTES = 32


@dataclass(frozen=True, slots=True)
class VerificationKey:
    kid: str
    """Empty when the key has no id."""
    key: RsaKey | P256Key

    @property
    def alg(self) -> Algorithm:
        match self.key:
            case RsaKey():
                return "RS256"
            case P256Key():
                return "ES256"
            case unknown:
                assert_never(unknown)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        match self.key:
            case RsaKey():
                return verify_rs256(self.key, message, signature)
            case P256Key():
                return verify_es256(self.key, message, signature)
            case unknown:
                assert_never(unknown)


def parse_key_set(document: Mapping[str, object]) -> tuple[VerificationKey, ...]:
    """The usable keys of a JWK Set. Keys of other kinds, for other uses, or out of order are passed over.

    Raises InvalidIdToken when the document is no key set at all.
    """
    keys = document.get("keys")
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        raise InvalidIdToken("The server's key set cannot be read.")
    return tuple(key for jwk in keys if isinstance(jwk, dict) and (key := _usable(jwk)) is not None)


def select_key(keys: tuple[VerificationKey, ...], *, alg: Algorithm, kid: str) -> VerificationKey:
    """The key that a token names. A token without a `kid` is taken when only one key could be meant.

    Raises InvalidIdToken.
    """
    candidates = [key for key in keys if key.alg == alg and (not kid or key.kid == kid)]
    if len(candidates) != 1:
        raise InvalidIdToken("No single key of the server fits the ID token.")
    return candidates[0]


def _usable(jwk: Mapping[str, object]) -> VerificationKey | None:
    if jwk.get("use", "sig") != "sig":
        return None
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    try:
        key = _public_key(jwk)
    except ValueError:
        return None
    kid = jwk.get("kid", "")
    if key is None or not isinstance(kid, str):
        return None
    usable = VerificationKey(kid, key)
    return usable if jwk.get("alg", usable.alg) == usable.alg else None


def _public_key(jwk: Mapping[str, object]) -> RsaKey | P256Key | None:
    match jwk:
        case {"kty": "RSA", "n": str(n), "e": str(e)}:
            return RsaKey(int.from_bytes(base64url_decode(n), "big"), int.from_bytes(base64url_decode(e), "big"))
        case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y)}:
            return P256Key(_coordinate(x), _coordinate(y))
        case _:
            return None


def _coordinate(text: str) -> int:
    data = base64url_decode(text)
    if len(data) != _COORDINATE_BYTES:
        raise ValueError("a P-256 coordinate has 32 bytes (RFC 7518 section 6.2.1.2)")
    return int.from_bytes(data, "big")
