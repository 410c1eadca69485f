"""From one root key a key for each use, so that no two uses ever share one (HKDF-SHA256, RFC 5869)."""

from struct import Struct

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_length = Struct(">I").pack


def framed(*fields: str | bytes) -> bytes:
    """The fields one after the other, each behind its length in four bytes: no two lists give the same bytes."""
    framed = b""
    for field in fields:
        # Text of a request may hold lone surrogates; they too must have bytes, or junk would be a crash.
        value = field.encode("utf-8", "surrogatepass") if isinstance(field, str) else field
        framed += _length(len(value)) + value
    return framed


def derive(root: bytes, *use: str | bytes) -> bytes:
    """32 bytes for one use of a root key; `use` names it, in as many fields as it takes."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=framed("keyfob", *use)).derive(root)
