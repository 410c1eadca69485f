"""How many instances a person may have of one template, or of none, and how many may be new (abuse of registration)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.initial_token_records import OwnerCounts
from keyfob_server.rules.initial_tokens import is_accepted
from keyfob_server.rules.policy import RegistrationPolicy
from keyfob_server.rules.registration_template import is_handed_out, takes_kind

DAY_S: Final = 86400
_TRY_AGAIN_S: Final = 3600
"""There is no telling when somebody switches a device off."""


@dataclass(frozen=True, slots=True)
class TooMany:
    description: str
    retry_after_s: int
    limit: Literal["live", "new"]
    """`live`: switching one off makes room. `new`: nothing but time does."""
    count: int
    """How many there are of what is limited."""


@dataclass(frozen=True, slots=True)
class NoRoom:
    """What a registration that nobody has sent yet will meet, as far as it is known which template it will name."""

    refused: Mapping[ClientId | None, TooMany]
    """By template, None for registrations without one: what can be asked for here, and would be refused."""
    certain: bool
    """Nothing else can be asked for."""

    @property
    def full(self) -> tuple[ClientId | None, ...]:
        """Where switching an instance off makes room."""
        return tuple(template for template, too_many in self.refused.items() if too_many.limit == "live")

    def first(self, limit: Literal["live", "new"]) -> TooMany | None:
        """Of those that meet this limit, the one that ends first."""
        found = [too_many for too_many in self.refused.values() if too_many.limit == limit]
        return min(found, key=lambda too_many: too_many.retry_after_s, default=None)


def over_limit(counts: OwnerCounts, policy: RegistrationPolicy, *, now: int) -> TooMany | None:
    """None while there is room for one more. 0 in the policy means no limit.

    Of both limits the one that only time ends is told, so that nobody switches a device off in vain.
    """
    if policy.max_new_per_day and counts.new >= policy.max_new_per_day:
        text = f"this account registered {counts.new} devices within 24 hours"
        return TooMany(text, max(1, counts.oldest_new + DAY_S - now), "new", counts.new)
    if policy.max_instances_per_owner and counts.live >= policy.max_instances_per_owner:
        text = f"this account has {counts.live} registered devices; switch one off first, at /devices"
        return TooMany(text, _TRY_AGAIN_S, "live", counts.live)
    return None


def foresee(
    counted: Mapping[ClientId | None, OwnerCounts],
    open_templates: Collection[ClientId] | None,
    policy: RegistrationPolicy,
    *,
    handed_out: tuple[str, ...],
    now: int,
) -> NoRoom | None:
    """None where every registration that can be asked for has room, or none can.

    `counted` are the person's instances by template, None for those of none; `open_templates` all that are active, or
    None where they are too many to know; `handed_out` those that the registration client may use, empty for any.
    """
    if not policy.enabled or not is_accepted("user", policy.authenticate):
        return None
    known = (None, *counted, *map(ClientId, handed_out)) if open_templates is None else (None, *open_templates)
    possible = {
        template
        for template in known
        if takes_kind(policy, templated=template is not None) and is_handed_out(handed_out, template)
    }
    refused = {
        template: too_many
        for template, counts in counted.items()
        if template in possible and (too_many := over_limit(counts, policy, now=now))
    }
    unknown = open_templates is None and policy.templatized and not handed_out
    return NoRoom(refused, certain=len(refused) == len(possible) and not unknown) if refused else None
