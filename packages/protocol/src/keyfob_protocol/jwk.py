"""JSON Web Keys: what is public of them, and their thumbprint (RFC 7517, RFC 7518, RFC 7638, RFC 8037)."""

import base64
import hashlib
import re
from collections.abc import Mapping

from keyfob_protocol.json_document import dump_json

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")

REQUIRED_MEMBERS = {
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
    "RSA": ("e", "kty", "n"),
}
"""The public members that make the key, by key type, in the order of RFC 7638 section 3.2."""

DESCRIPTIVE_MEMBERS = ("kid", "use", "key_ops", "alg", "x5u", "x5c", "x5t", "x5t#S256")


def base64url_encode(data: bytes) -> str:
    """Without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def base64url_decode(text: str) -> bytes:
    """The one spelling only: no padding, no other alphabet, no stray bits at the end. Raises ValueError."""
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url_encode(data) != text:
        raise ValueError("not base64url: bits are left over")
    return data


def thumbprint(jwk: Mapping[str, object]) -> str:
    """RFC 7638 with SHA-256. Raises ValueError for a key of unknown type, or without a member that makes the key."""
    members = {name: _text(jwk, name) for name in _required(jwk)}
    return base64url_encode(hashlib.sha256(dump_json(members)).digest())


def public_members(jwk: Mapping[str, object]) -> dict[str, object]:
    """The key without anything private: members are picked, never removed. Raises ValueError as `thumbprint` does."""
    public: dict[str, object] = {name: _text(jwk, name) for name in _required(jwk)}
    return public | {name: jwk[name] for name in DESCRIPTIVE_MEMBERS if name in jwk}


def _required(jwk: Mapping[str, object]) -> tuple[str, ...]:
    kty = jwk.get("kty")
    if not isinstance(kty, str) or kty not in REQUIRED_MEMBERS:
        raise ValueError("the key's kty is not EC, OKP or RSA")
    return REQUIRED_MEMBERS[kty]


def _text(jwk: Mapping[str, object], name: str) -> str:
    value = jwk.get(name)
    if not isinstance(value, str):
        raise ValueError(f"the key's member {name} is missing or not a string")  # noqa: TRY004 - a fault of the value
    return value
