"""base64url without padding (RFC 4648 section 5, RFC 7515 section 2): one text for each value, and no other."""

import binascii
import re
from base64 import b64decode, urlsafe_b64encode

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def encode(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes | None:
    """None for padding, foreign characters and unused bits that are not zero: a value has exactly one spelling."""
    if not _ALPHABET.fullmatch(text):
        return None
    try:
        value = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    return value if encode(value) == text else None
