"""Client secrets and registration access tokens as the database has them.

Each has 256 random bits, so a fast HMAC is enough: there is nothing to guess. The key is not in the database, so a copy
of the database alone can neither check nor make one.
"""

from hashlib import sha256
from hmac import compare_digest, digest

from keyfob_server.crypto.derivation import derive, framed
from keyfob_server.crypto.roots import Roots

_HEX_DIGITS = sha256().digest_size * 2
_NO_DIGEST = "0" * _HEX_DIGITS


class HmacSecretHasher:
    """Stores `keyid$hex`: a key that is rotated away from still verifies what it made."""

    __slots__ = ("_keys", "_newest")

    def __init__(self, roots: Roots) -> None:
        self._keys = {root.id: derive(root.key, "secrets") for root in roots.verification}
        self._newest = roots.verification[0].id

    def hash(self, purpose: str, secret: str) -> str:
        return f"{self._newest}${_hash(self._keys[self._newest], purpose, secret)}"

    def derive(self, purpose: str, *parts: str, like: str = "") -> bytes:
        """32 bytes that the same parts always give, under the key that `like`, a stored hash, names; else the newest.

        Who does not know the key learns nothing about them, whatever of the parts is known.
        """
        key_id = like.partition("$")[0]
        return derive(self._keys.get(key_id, self._keys[self._newest]), "derived", purpose, *parts)

    def verify(self, purpose: str, secret: str, stored: str) -> bool:
        """In constant time; an empty, damaged or unknown `stored` costs the same and is False."""
        key_id, _, expected = stored.partition("$")
        known = key_id in self._keys and len(expected) == _HEX_DIGITS and expected.isascii()
        computed = _hash(self._keys.get(key_id, self._keys[self._newest]), purpose, secret)
        return compare_digest(computed, expected if known else _NO_DIGEST) and known

    def knows(self, stored: str) -> bool:
        return stored.partition("$")[0] in self._keys


def _hash(key: bytes, purpose: str, secret: str) -> str:
    return digest(key, framed(purpose, secret), "sha256").hex()
