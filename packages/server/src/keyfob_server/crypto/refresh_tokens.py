"""Refresh tokens: a claim about a grant's row and its counter, with a MAC (ADR 0006). None is stored, and no hash.

The binary form, before base64url: version 1, key id 4, client id, grant id, counter 4, MAC 32. An id is a length and
its UTF-8 bytes; one that is a UUID in lower case is the length 0 and its 16 bytes.
"""

import re
from dataclasses import dataclass, field
from hmac import compare_digest

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.crypto import base64url
from keyfob_server.crypto.derivation import derive, framed
from keyfob_server.crypto.mac import Mac
from keyfob_server.crypto.roots import KEY_ID_BYTES, Roots
from keyfob_server.ports.sealing import PresentedRefreshToken
from keyfob_server.rules.records import GrantKey

MAX_TEXT = 1024
"""Characters."""

_VERSION = b"\x01"
_PURPOSE = "refresh-token"
_UUID_BYTES = 16
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""As RFC 9562 writes it, in lower case."""
_MAX_ID_BYTES = 255
_COUNTER_BYTES = 4
_MAC_BYTES = 32


@cheaply_made
@dataclass(frozen=True, slots=True)
class ParsedRefreshToken:
    """What a token claims; nothing of it is true before `verify`."""

    key: GrantKey
    counter: int
    key_id: str
    mac: bytes = field(repr=False)


class MacRefreshTokens:
    """Makes and checks tokens with the verification root and the grant's salt: neither alone is enough."""

    __slots__ = ("_begun", "_keys", "_newest")

    def __init__(self, roots: Roots, *, issuer: str) -> None:
        self._keys = {root.id: Mac(derive(root.key, _PURPOSE)) for root in roots.verification}
        self._newest = roots.verification[0].id
        self._begun = framed(_VERSION, _PURPOSE, issuer)

    def mint(self, key: GrantKey, *, counter: int, salt: bytes) -> str:
        """Raises ValueError for an id of no bytes, over 255 or with a NUL, OverflowError for a counter over 32 bits."""
        mac = self._mac(self._newest, key, counter, salt)
        return base64url.encode(_body(self._newest, key, counter) + mac)

    def parse(self, token: str) -> ParsedRefreshToken | None:
        """Whose it claims to be; None when it is not of the form, to the last bit."""
        content = base64url.decode(token) if len(token) <= MAX_TEXT else None
        if content is None or content[:1] != _VERSION:
            return None
        body, mac = content[:-_MAC_BYTES], content[-_MAC_BYTES:]
        key_id, rest = body[1 : 1 + KEY_ID_BYTES].hex(), body[1 + KEY_ID_BYTES :]
        client_id, rest = _take_id(rest)
        grant_id, rest = _take_id(rest)
        if not client_id or not grant_id or len(rest) != _COUNTER_BYTES:
            return None
        key, counter = GrantKey(ClientId(client_id), GrantId(grant_id)), int.from_bytes(rest, "big")
        return ParsedRefreshToken(key, counter, key_id, mac)

    def verify(self, presented: PresentedRefreshToken, *, salt: bytes) -> bool:
        """True when we made it, for the grant that has this salt. False also for what another parser made."""
        if not isinstance(presented, ParsedRefreshToken) or presented.key_id not in self._keys:
            return False
        return compare_digest(self._mac(presented.key_id, presented.key, presented.counter, salt), presented.mac)

    def _mac(self, key_id: str, key: GrantKey, counter: int, salt: bytes) -> bytes:
        claim = framed(key_id, key.client_id, key.id, counter.to_bytes(_COUNTER_BYTES), salt)
        return self._keys[key_id].digest(self._begun + claim)


def _body(key_id: str, key: GrantKey, counter: int) -> bytes:
    ids = _give_id(key.client_id) + _give_id(key.id)
    return _VERSION + bytes.fromhex(key_id) + ids + counter.to_bytes(_COUNTER_BYTES)


def _give_id(text: str) -> bytes:
    if _UUID.fullmatch(text):
        return b"\x00" + bytes.fromhex(text.replace("-", ""))
    spelled = text.encode("utf-8")
    if not 1 <= len(spelled) <= _MAX_ID_BYTES or 0 in spelled:
        raise ValueError("an id must have 1 to 255 bytes, and none of them 0")
    return bytes((len(spelled),)) + spelled


def _take_id(content: bytes) -> tuple[str, bytes]:
    """The first id of the content and what follows it; empty text when there is none, or none that a row can have."""
    length = content[0] if content else 0
    end = 1 + (length or _UUID_BYTES)
    taken = content[1:end]
    if len(content) < end:
        return "", b""
    if length == 0:
        digits = taken.hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}", content[end:]
    try:
        spelled = taken.decode("utf-8")
    except UnicodeDecodeError:
        return "", b""
    # A UUID written out letter by letter would be a second spelling of the same token.
    return ("", b"") if _UUID.fullmatch(spelled) or "\x00" in spelled else (spelled, content[end:])
