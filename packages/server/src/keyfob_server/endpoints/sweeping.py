"""Removing what has had its day, and ending what nobody uses: bounded batches, so that no request waits for it."""

from dataclasses import dataclass, field
from typing import Final, get_args

from keyfob_server.ports.storage import InstanceStatusStore
from keyfob_server.ports.sweeping import Sweepable, SweepStore
from keyfob_server.rules.acts import Act
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import EXPIRED
from keyfob_server.rules.registration_management import tombstone
from keyfob_server.rules.sweeping import ConsentKey, Deadlines, deadlines

BATCH: Final = 100
MOST_BATCHES: Final = 50
"""In one round, of each kind: the rest has its turn in the next."""
PAGE: Final = 500
SWEEPABLE: Final[tuple[Sweepable, ...]] = get_args(Sweepable)


@dataclass(frozen=True, slots=True)
class Swept:
    """What was removed or ended; of a dry run, what would be."""

    removed: dict[Sweepable, int] = field(default_factory=dict)
    never_used: int = 0
    idle: int = 0
    dead_consents: int = 0
    """Of people, apps and templates that are gone or changed."""

    @property
    def total(self) -> int:
        return sum(self.removed.values()) + self.never_used + self.idle + self.dead_consents


@dataclass(slots=True)
class Position:
    """Where a round ended among the instances and the consents; the next one begins behind it, and after the last from
    the first.
    """

    after: str = ""
    consent: ConsentKey = field(default_factory=ConsentKey)


async def sweep(
    store: SweepStore,
    instances: InstanceStatusStore,
    policy: Policy,
    *,
    now: int,
    dry_run: bool = False,
    position: Position | None = None,
) -> Swept:
    """One round; with a `position` the turn of instances and consents goes on where the one before ended.

    Raises StorageUnavailable; what was done until then stays done.
    """
    due = deadlines(policy, now)
    position = position or Position()
    never_used, idle = await _expire(store, instances, due, position, dry_run=dry_run)
    removed = {what: await _remove(store, what, getattr(due, what), dry_run=dry_run) for what in SWEEPABLE}
    dead_consents = await _forget(store, due, position, dry_run=dry_run)
    return Swept(removed, never_used, idle, dead_consents)


async def _remove(store: SweepStore, what: Sweepable, before: int, *, dry_run: bool) -> int:
    if dry_run:
        return await store.count_expired(what, before=before)
    removed = 0
    for _ in range(MOST_BATCHES):
        batch = await store.remove_expired(what, before=before, limit=BATCH)
        removed += batch
        if batch < BATCH:
            break
    return removed


async def _expire(
    store: SweepStore, instances: InstanceStatusStore, due: Deadlines, position: Position, *, dry_run: bool
) -> tuple[int, int]:
    """Instances that were never used, or not for long: how many of each."""
    never_used, idle = 0, 0
    for _ in range(MOST_BATCHES):
        page = await store.list_idle(
            never_used_before=due.never_used, idle_before=due.idle, after=position.after, limit=PAGE
        )
        for one in page.idle:
            act = Act(reason="not used for long" if one.used else "never used")
            if dry_run or await instances.set_instance_status(
                one.client_id, EXPIRED, act=act, tombstone=tombstone(one.metadata)
            ):
                idle, never_used = idle + one.used, never_used + (not one.used)
        position.after = page.last
        if not page.last:
            break
    return never_used, idle


async def _forget(store: SweepStore, due: Deadlines, position: Position, *, dry_run: bool) -> int:
    """Consents that can never stand again: how many."""
    dead = 0
    for _ in range(MOST_BATCHES):
        after = position.consent
        page = await store.list_dead_consents(expired_before=due.consents, after=after, limit=PAGE)
        if dry_run:
            dead += page.count
        elif page.count:
            dead += await store.remove_dead_consents(after=after, last=page.last)
        position.consent = page.last if page.more else ConsentKey()
        if not page.more:
            break
    return dead
