"""Rotation with an overlap: a credential that replaces another does not lock out whoever lost the answer."""

from typing import Final

from keyfob_server.rules.records import RotatingSecret

OVERLAP_S: Final = 86400
"""The replaced one works until the new one is first used, and never longer than this."""

_DAY_S: Final = 86400


def live_previous(secret: RotatingSecret, now: int) -> str:
    """The hash of the replaced one while it still works; empty otherwise."""
    return secret.previous_hash if secret.previous_until > now else ""


def rotated(
    secret: RotatingSecret, new_hash: str, *, now: int, expires_at: int, current_was_used: bool, overlap: bool = True
) -> RotatingSecret:
    """What is held after the rotation. `expires_at` is the new one's, 0 for never.

    A present one that nobody ever used, because its answer was lost, is replaced without a trace: the one before it
    keeps its overlap, which never grows. `current_was_used` is the proof that the present one arrived.
    """
    if not overlap:
        return RotatingSecret(new_hash, expires_at)
    if live_previous(secret, now) and not current_was_used:
        return RotatingSecret(new_hash, expires_at, secret.previous_hash, secret.previous_until)
    until = min(now + OVERLAP_S, secret.expires_at) if secret.expires_at else now + OVERLAP_S
    return RotatingSecret(new_hash, expires_at, secret.hash, until)


def renewed_expiry(expires_at: int, *, lifetime_s: int, now: int) -> int | None:
    """When a token that lives from its last use ends now; None when it was used on this UTC day already."""
    last_day = (expires_at - lifetime_s) // _DAY_S
    return None if last_day == now // _DAY_S else now + lifetime_s
