"""Looking at ceilings before they are reached: instances of each template, the database, its disk (ADR 0037)."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

from keyfob_server.endpoints.alarms import ALARMS, readable, tell
from keyfob_server.ports.watching import Note, SpaceGauge, WatchStore
from keyfob_server.ports.world import Events
from keyfob_server.rules.alarms import Measure, WatchPolicy, changes, encode, judged
from keyfob_server.rules.instance_count import InstanceCount, with_page
from keyfob_server.rules.instance_count import decode as decode_count
from keyfob_server.rules.instance_count import encode as encode_count

PAGE: Final = 1000
MOST_PAGES: Final = 100
"""In one turn: the rest has its turn in the next."""
_PAUSE_S: Final = 0.01
"""Between two pages: requests go first."""
_INSTANCES: Final[Note] = "watch.instances"
_log = logging.getLogger(__name__)


async def watch(store: WatchStore, gauge: SpaceGauge, policy: WatchPolicy, events: Events, *, now: int) -> None:
    """One turn. Of several nodes that look at once, one notes and tells what is new. Raises StorageUnavailable."""
    measures = [*await _instances(store, policy.instances_ceiling), *await _space(gauge, policy)]
    seen = await store.get_note(ALARMS)
    before = readable(seen)
    after = judged(measures, before, now=now)
    text = encode(after)
    if text != seen and await store.put_note(ALARMS, text, seen=seen):
        for change in changes(before, after):
            tell(events, change)


async def _instances(store: WatchStore, ceiling: int) -> list[Measure]:
    counted = await _count(store) if ceiling else {}
    return [Measure("instances", amount, ceiling, template) for template, amount in counted.items()]


async def _space(gauge: SpaceGauge, policy: WatchPolicy) -> list[Measure]:
    found: list[Measure] = []
    if policy.storage_quota_bytes:
        found.append(Measure("storage", await gauge.used_bytes(), policy.storage_quota_bytes))
    if policy.least_free_bytes and (free := await gauge.free_bytes()) is not None:
        found.append(Measure("free_space", free, policy.least_free_bytes))
    return found


async def _count(store: WatchStore) -> Mapping[str, int]:
    """Go on where the last turn ended, whichever node had it. By template, as of the last whole round."""
    seen = await store.get_note(_INSTANCES)
    count = _readable_count(seen)
    for _ in range(MOST_PAGES):
        count = with_page(count, await store.count_page(after=count.after, limit=PAGE))
        if not count.after:
            break
        await asyncio.sleep(_PAUSE_S)
    text = encode_count(count)
    if text != seen:
        await store.put_note(_INSTANCES, text, seen=seen)
    return count.counted


def _readable_count(text: str) -> InstanceCount:
    try:
        return decode_count(text)
    except ValueError as error:
        _log.warning("the stored count of instances cannot be read, and begins anew: %s", error)
        return InstanceCount()
