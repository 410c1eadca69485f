"""How many instances a person may have of one template, or of none, and how many may be new (abuse of registration)."""

from dataclasses import dataclass
from typing import Final

from keyfob_server.rules.initial_token_records import OwnerCounts
from keyfob_server.rules.policy import RegistrationPolicy

DAY_S: Final = 86400
_TRY_AGAIN_S: Final = 3600
"""There is no telling when somebody switches a device off."""


@dataclass(frozen=True, slots=True)
class TooMany:
    description: str
    retry_after_s: int


def over_limit(counts: OwnerCounts, policy: RegistrationPolicy, *, now: int) -> TooMany | None:
    """None while there is room for one more. 0 in the policy means no limit."""
    if policy.max_instances_per_owner and counts.live >= policy.max_instances_per_owner:
        text = f"this account has {counts.live} registered devices; switch one off first, at /devices"
        return TooMany(text, _TRY_AGAIN_S)
    if policy.max_new_per_day and counts.new >= policy.max_new_per_day:
        text = f"this account registered {counts.new} devices within 24 hours"
        return TooMany(text, max(1, counts.oldest_new + DAY_S - now))
    return None
