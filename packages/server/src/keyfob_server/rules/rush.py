"""A rate that is exceeded for long: counted on one node, told now and then, never once for each refusal (ADR 0037)."""

from dataclasses import dataclass
from typing import Final

QUIET_S: Final = 10
"""After so long without a refusal the next one begins another rush."""
TELL_AGAIN_S: Final = 300


@dataclass(frozen=True, slots=True)
class Rush:
    since: int
    """Epoch seconds, as the other times."""
    last: int
    refused: int
    told: int = 0
    """When an operator heard of it last; 0: not yet."""


def refused(before: Rush | None, *, now: int, after_s: int) -> Rush:
    """With one refusal more. `told` is `now` when this one has to be told: first after `after_s`, then now and then."""
    if before is None or now - before.last >= QUIET_S:
        return Rush(now, now, 1)
    due = now - before.told >= TELL_AGAIN_S if before.told else now - before.since >= after_s
    return Rush(before.since, max(now, before.last), before.refused + 1, now if due else before.told)
