"""Answers that were lost and are given again (wire.md section 3.4)."""

from typing import Final

from keyfob_protocol.errors import InvalidRequest
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.liveness import client_status
from keyfob_server.rules.records import ACTIVE, Registration

WINDOW_S: Final = 600
"""For so long after a registration its answer can be given again."""
_SHORTEST: Final = 16
_LONGEST: Final = 128
_VISIBLE: Final = range(0x21, 0x7F)


def check_idempotency_key(key: str | None) -> str:
    """Empty for none; raises InvalidRequest for what cannot be one."""
    if key is None:
        return ""
    if not _SHORTEST <= len(key) <= _LONGEST or any(ord(character) not in _VISIBLE for character in key):
        raise InvalidRequest(f"Idempotency-Key must be {_SHORTEST} to {_LONGEST} visible ASCII characters")
    return key


def repeat_refusal(registration: Registration, now: int) -> str | None:
    """Why the answer of this registration is not given again, whoever asks; None when it may be. For the log."""
    if registration.client.answer_repeatable_until <= now:
        return "too late, or used already"
    if status := client_status(registration.client):
        return f"the instance is {status}"
    if registration.client.owner is not None and registration.owner_status != ACTIVE:
        return "owner not active"
    return None


def derived_client_id(random: bytes) -> ClientId:
    """A UUID of version 8 (RFC 9562 section 5.8) out of 16 bytes: the id that a repeat must find again."""
    number = int.from_bytes(random[:16], "big")
    number = (number & ~(0xF << 76)) | (0x8 << 76)
    number = (number & ~(0x3 << 62)) | (0x2 << 62)
    digits = f"{number:032x}"
    return ClientId("-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])))
