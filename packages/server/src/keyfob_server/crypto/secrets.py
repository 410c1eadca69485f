"""Client secrets and registration access tokens as the database has them.

Each has 256 random bits, so a fast HMAC is enough: there is nothing to guess. The key is not in the database, so a copy
of the database alone can neither check nor make one.
"""

from functools import lru_cache
from hashlib import sha256
from hmac import compare_digest

from keyfob_server.crypto.derivation import derive, framed
from keyfob_server.crypto.mac import Mac
from keyfob_server.crypto.roots import Roots

_HEX_DIGITS = sha256().digest_size * 2
_NO_DIGEST = "0" * _HEX_DIGITS


class HmacSecretHasher:
    """Stores `keyid$hex`: a key that is rotated away from still verifies what it made."""

    __slots__ = ("_keys", "_macs", "_newest")

    def __init__(self, roots: Roots) -> None:
        self._keys = {root.id: derive(root.key, "secrets") for root in roots.verification}
        self._macs = {key_id: Mac(key) for key_id, key in self._keys.items()}
        self._newest = roots.verification[0].id

    def hash(self, purpose: str, secret: str) -> str:
        return f"{self._newest}${_hash(self._macs[self._newest], purpose, secret)}"

    def derive(self, purpose: str, *parts: str, like: str = "") -> bytes:
        """32 bytes that the same parts always give, under the key that `like`, a stored hash, names; else the newest.

        Who does not know the key learns nothing about them, whatever of the parts is known.
        """
        key_id = like.partition("$")[0]
        return derive(self._keys.get(key_id, self._keys[self._newest]), "derived", purpose, *parts)

    def verify(self, purpose: str, secret: str, stored: str) -> bool:
        """In constant time; an empty, damaged or unknown `stored` costs the same and is False."""
        key_id, _, expected = stored.partition("$")
        return self._is(_hash(self._mac(key_id), purpose, secret), key_id, expected)

    def verify_either(self, purpose: str, secret: str, first: str, second: str) -> tuple[bool, bool]:
        """`verify` of both, in constant time. The secret is hashed once, unless two keys made them."""
        key_id, _, expected = first.partition("$")
        other_id, _, other = second.partition("$")
        computed = _hash(self._mac(key_id), purpose, secret)
        again = _hash(self._mac(other_id), purpose, secret) if second and other_id != key_id else computed
        return self._is(computed, key_id, expected), self._is(again, other_id, other)

    def _mac(self, key_id: str) -> Mac:
        return self._macs.get(key_id) or self._macs[self._newest]

    def _is(self, computed: str, key_id: str, expected: str) -> bool:
        known = key_id in self._macs and len(expected) == _HEX_DIGITS and expected.isascii()
        return compare_digest(computed, expected if known else _NO_DIGEST) and known

    def knows(self, stored: str) -> bool:
        return stored.partition("$")[0] in self._keys


def _hash(mac: Mac, purpose: str, secret: str) -> str:
    return mac.digest(_begun(purpose) + framed(secret)).hex()


@lru_cache(maxsize=64)
def _begun(purpose: str) -> bytes:
    return framed(purpose)
