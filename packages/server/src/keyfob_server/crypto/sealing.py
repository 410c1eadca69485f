"""Sealed values: what the server lets others carry for it (ADR 0006).

The binary form, before base64url: version 1, key id 4, day 2, nonce 12, then ciphertext and tag of AES-256-GCM.
"""

from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keyfob_server.crypto import base64url
from keyfob_server.crypto.derivation import derive, framed
from keyfob_server.crypto.roots import KEY_ID_BYTES, Roots
from keyfob_server.ports.world import Entropy

MAX_TEXT = 8192
"""Characters. Longer text is no sealed value, and a payload that would become longer is refused."""

_VERSION = b"\x01"
_SECONDS_OF_A_DAY = 86400
_DAY_BYTES = 2
_NONCE_BYTES = 12
_TAG_BYTES = 16
_DAY_AT = 1 + KEY_ID_BYTES
_NONCE_AT = _DAY_AT + _DAY_BYTES
_CIPHERTEXT_AT = _NONCE_AT + _NONCE_BYTES
_KEPT_CIPHERS = 64

MAX_PAYLOAD = MAX_TEXT * 3 // 4 - _CIPHERTEXT_AT - _TAG_BYTES
"""Bytes."""


class AesGcmSealer:
    """Seals under a key for each purpose and UTC day, so that a key ages out and two purposes share nothing.

    A sealed value is readable by nobody and opens for its purpose, issuer and incarnation alone. It can be presented
    any number of times: what it says about single use is a row's matter, and its expiry is inside the payload.
    """

    __slots__ = ("_bound", "_ciphers", "_entropy", "_newest", "_roots")

    def __init__(self, roots: Roots, *, issuer: str, incarnation: str, entropy: Entropy) -> None:
        self._roots = {bytes.fromhex(root.id): root.key for root in roots.sealing}
        self._newest = bytes.fromhex(roots.sealing[0].id)
        self._bound = framed(issuer, incarnation)
        self._entropy = entropy
        self._ciphers: dict[tuple[bytes, str], _Cipher] = {}

    def seal(self, purpose: str, payload: bytes, *, now: int) -> str:
        """Encrypt for one purpose; `now` (epoch seconds) gives the day. Raises ValueError above MAX_PAYLOAD bytes."""
        if len(payload) > MAX_PAYLOAD:
            raise ValueError(f"a payload of {len(payload)} bytes for {purpose} is over {MAX_PAYLOAD}")
        header = _VERSION + self._newest + (now // _SECONDS_OF_A_DAY).to_bytes(_DAY_BYTES, "big")
        cipher = self._cipher(header, purpose)
        self._keep(header, purpose, cipher)
        nonce = self._entropy.bytes(_NONCE_BYTES)
        return base64url.encode(header + nonce + cipher.key.encrypt(nonce, payload, cipher.bound_to))

    def open(self, purpose: str, text: str) -> bytes | None:
        """The payload, or None for whatever was not sealed here for this purpose under this incarnation."""
        if len(text) > MAX_TEXT:
            return None
        sealed = base64url.decode(text)
        if sealed is None or len(sealed) < _CIPHERTEXT_AT + _TAG_BYTES:
            return None
        header, nonce, ciphertext = sealed[:_NONCE_AT], sealed[_NONCE_AT:_CIPHERTEXT_AT], sealed[_CIPHERTEXT_AT:]
        if header[:1] != _VERSION or header[1:_DAY_AT] not in self._roots:
            return None
        cipher = self._cipher(header, purpose)
        try:
            payload = cipher.key.decrypt(nonce, ciphertext, cipher.bound_to)
        except InvalidTag:
            if any(known == header for known, _ in self._ciphers):
                # a value of ours, though of another purpose: some are opened for one purpose after the other
                self._keep(header, purpose, cipher)
            return None
        self._keep(header, purpose, cipher)
        return payload

    def _cipher(self, header: bytes, purpose: str) -> "_Cipher":
        kept = self._ciphers.get((header, purpose))
        if kept is not None:
            return kept
        key = AESGCM(derive(self._roots[header[1:_DAY_AT]], "sealing", purpose, header[_DAY_AT:]))
        return _Cipher(key, framed(header, purpose) + self._bound)

    def _keep(self, header: bytes, purpose: str, cipher: "_Cipher") -> None:
        """Keep the most recent; only of keys that were of good use, or junk with made-up days would push them out."""
        self._ciphers.pop((header, purpose), None)
        self._ciphers[header, purpose] = cipher
        if len(self._ciphers) > _KEPT_CIPHERS:
            del self._ciphers[next(iter(self._ciphers))]


class _Cipher(NamedTuple):
    key: AESGCM
    bound_to: bytes
    """The associated data."""
