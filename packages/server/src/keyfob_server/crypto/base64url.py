"""base64url without padding (RFC 4648 section 5, RFC 7515 section 2): one text for each value, and no other."""

import re
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from typing import Final

_ALPHABET: Final = re.compile(r"[A-Za-z0-9_-]*")
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_PADDING: Final = (b"", b"", b"==", b"=")
# by the length's rest by four: which last characters leave the bits unset that no byte is made of
_LAST: Final = (
    re.compile(r"[A-Za-z0-9_-]?"),
    re.compile(r"(?!)"),
    re.compile("[AQgw]"),
    re.compile("[AEIMQUYcgkosw048]"),
)


def encode(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes | None:
    """None for padding, foreign characters and unused bits that are not zero: a value has exactly one spelling."""
    rest = len(text) % 4
    if not _ALPHABET.fullmatch(text) or not _LAST[rest].fullmatch(text[-1:]):
        return None
    return a2b_base64(text.encode("ascii").translate(_STANDARD) + _PADDING[rest])
