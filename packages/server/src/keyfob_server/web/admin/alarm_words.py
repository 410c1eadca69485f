"""Alarms as administrators read them."""

from collections.abc import Iterable
from typing import Final, assert_never

from keyfob_server.rules.alarms import STEPS, Alarm
from keyfob_server.web.admin.words import utc

MOST: Final = 10
"""On one page, the worst ones; how many more there are is said."""


def all_alarms(alarms: Iterable[Alarm]) -> tuple[str, ...]:
    said = [alarm_text(alarm) for alarm in alarms]
    more = len(said) - MOST
    return tuple(said) if more <= 0 else (*said[:MOST], f"And {more} more: the log names them all.")


def alarms_of(template_id: str, alarms: Iterable[Alarm]) -> tuple[str, ...]:
    """Those of one template."""
    return all_alarms(alarm for alarm in alarms if alarm.subject == template_id)


def alarm_text(alarm: Alarm) -> str:
    since = f"since {utc(alarm.since)}"
    match alarm.kind:
        case "instances":
            of = f"of the template {alarm.subject}" if alarm.subject else "without a template"
            return (
                f"Instances {of} have reached {alarm.reached} % of the ceiling: "
                f"{alarm.amount:,} are in use, of {alarm.ceiling:,}, {since}."
            )
        case "registration_rate":
            of = f"with the template {alarm.subject}" if alarm.subject else "without a template"
            return (
                f"Registrations {of} have been more than {alarm.ceiling:,} a second {since}: "
                f"one node refused {alarm.amount:,}."
            )
        case "storage":
            refused = " New registrations are refused." if alarm.full else ""
            return (
                f"The database has reached {alarm.reached} % of its quota: {_size(alarm.amount)} of "
                f"{_size(alarm.ceiling)}, {since}.{refused}"
            )
        case "free_space":
            short = "less than the least" if alarm.reached == STEPS[0] else "not far from the least"
            return (
                f"The disk of the database has {_size(alarm.amount)} left, {short} of {_size(alarm.ceiling)}, {since}."
            )
        case _:
            assert_never(alarm.kind)


def _size(count: int) -> str:
    for size, unit in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB")):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count:,} bytes"
