"""How many registrations a second there may be: of each template, and of all that name none (ADR 0020)."""

from typing import Final

from keyfob_protocol.errors import TooManyRequests
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.limits import Limit

PLAIN: Final = ""
"""The template of a registration that has none."""
_ALARM_PERCENT: Final = 80
_ALARM_TOLD: Final = Limit("registration_alarm_told", 1, 60)


def refuse_rush(services: Services, template: str) -> None:
    """Before any work, with nothing counted. Raises TooManyRequests."""
    _refuse(services.limiter.peek(_limit(services), template))


def count_registration(services: Services, template: str) -> None:
    """Right before the insert: only who holds a good initial token takes from the bucket. Raises TooManyRequests."""
    limit = _limit(services)
    _refuse(services.limiter.hit(limit, template))
    most = max(1, limit.most * _ALARM_PERCENT // 100)
    near = services.limiter.hit(Limit("registration_alarm", most, 1), template) is not None
    if near and services.limiter.hit(_ALARM_TOLD, template) is None:
        services.events.emit("registrations.near_limit", template=template, max_per_second=limit.most)


def uncount_registration(services: Services, template: str) -> None:
    """The insert was refused."""
    services.limiter.give_back(_limit(services), template)


def _limit(services: Services) -> Limit:
    return Limit("registrations", services.policy.registration.max_per_second, 1)


def _refuse(wait: int | None) -> None:
    if wait is not None:
        raise TooManyRequests("too many registrations right now", reason="registrations", retry_after_s=wait)
