"""The alarms that stand: read by pages and by registrations, written by a job and by whoever saw a rush (ADR 0037)."""

import logging
from typing import Final

from keyfob_server.endpoints.services import Services
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.ports.watching import Note, WatchStore
from keyfob_server.ports.world import Events
from keyfob_server.rules.alarms import Alarm, Change, decode

ALARMS: Final[Note] = "watch.alarms"
FULL_RETRY_S: Final = 600
_log = logging.getLogger(__name__)


async def present_alarms(store: WatchStore) -> tuple[Alarm, ...]:
    """The worst first. Raises StorageUnavailable."""
    return readable(await store.get_note(ALARMS))


def readable(text: str) -> tuple[Alarm, ...]:
    """A note that somebody spoilt is no reason to stop: the job writes it anew."""
    try:
        return decode(text)
    except ValueError as error:
        _log.warning("the stored alarms cannot be read, and count as none: %s", error)
        return ()


async def refuse_when_full(services: Services) -> None:
    """Raises StorageUnavailable while the database has reached its quota: nothing new is stored, the rest goes on."""
    if services.policy.watch.storage_quota_bytes and any(one.full for one in await present_alarms(services.watching)):
        raise StorageUnavailable("storage.quota_bytes is reached", retry_after_s=FULL_RETRY_S)


def tell(events: Events, change: Change) -> None:
    alarm = change.alarm
    events.emit(
        change.event,
        reason=alarm.kind,
        template=alarm.subject,
        reached_percent=alarm.reached,
        amount=alarm.amount,
        ceiling=alarm.ceiling,
        since=alarm.since,
    )
