"""Which of a credential's two stored forms was presented: the present one, or the one that it replaced."""

from typing import Literal

from keyfob_server.ports.sealing import SecretHasher
from keyfob_server.rules.records import RotatingSecret
from keyfob_server.rules.rotation import live_previous

Match = Literal["current", "previous"]


def match_secret(
    hasher: SecretHasher, purpose: str, presented: str, stored: RotatingSecret | None, now: int
) -> Match | None:
    """One hash is computed for nothing stored, as for one form and for two. The present one's end is unchecked."""
    current, previous = hasher.verify_either(
        purpose, presented, stored.hash if stored else "", live_previous(stored, now) if stored else ""
    )
    if current:
        return "current"
    return "previous" if previous else None
