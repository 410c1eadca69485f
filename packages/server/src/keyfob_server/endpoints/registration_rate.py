"""How many registrations a second there may be: of each template, and of all that name none (ADR 0020, ADR 0037)."""

from functools import partial
from typing import Final

from keyfob_protocol.errors import TooManyRequests
from keyfob_server.endpoints.alarms import ALARMS, readable, tell
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.alarms import STEPS, Alarm, Change, encode, with_rush
from keyfob_server.rules.limits import Limit
from keyfob_server.rules.rush import Rush

PLAIN: Final = ""
"""The template of a registration that has none."""
_ALARM_PERCENT: Final = 80
_ALARM_TOLD: Final = Limit("registration_alarm_told", 1, 60)
_TRIES: Final = 3


def refuse_rush(services: Services, template: str, *, now: int) -> None:
    """Before any work, with nothing counted. Raises TooManyRequests. `now` is epoch seconds."""
    _refuse(services, template, services.limiter.peek(_limit(services), template), now)


def count_registration(services: Services, template: str, *, now: int) -> None:
    """Right before the insert: only who holds a good initial token takes from the bucket. Raises TooManyRequests."""
    limit = _limit(services)
    _refuse(services, template, services.limiter.hit(limit, template), now)
    most = max(1, limit.most * _ALARM_PERCENT // 100)
    near = services.limiter.hit(Limit("registration_alarm", most, 1), template) is not None
    if near and services.limiter.hit(_ALARM_TOLD, template) is None:
        services.events.emit("registrations.near_limit", template=template, max_per_second=limit.most)


def uncount_registration(services: Services, template: str) -> None:
    """The insert was refused."""
    services.limiter.give_back(_limit(services), template)


def _limit(services: Services) -> Limit:
    return Limit("registrations", services.policy.registration.max_per_second, 1)


def _refuse(services: Services, template: str, wait: int | None, now: int) -> None:
    if wait is None:
        return
    rush = services.rushes.count(template, now=now, after_s=services.policy.watch.rate_alarm_after_s)
    if rush is not None:
        _alarm(services, template, rush)
    raise TooManyRequests("too many registrations right now", reason="registrations", retry_after_s=wait)


def _alarm(services: Services, template: str, rush: Rush) -> None:
    """The event at once; the note for the pages when there is time."""
    most = services.policy.registration.max_per_second
    alarm = Alarm("registration_rate", template, STEPS[0], rush.refused, most, rush.since, seen=rush.told)
    tell(services.events, Change("alarm.raised", alarm))
    services.background.start(("rush", template), partial(_note, services, alarm))


async def _note(services: Services, alarm: Alarm) -> None:
    for _ in range(_TRIES):
        seen = await services.watching.get_note(ALARMS)
        if await services.watching.put_note(ALARMS, encode(with_rush(readable(seen), alarm)), seen=seen):
            return
