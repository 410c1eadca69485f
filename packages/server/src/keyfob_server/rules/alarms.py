"""Alarms: what an operator hears before a ceiling is reached, and when it is over (ADR 0037)."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Final, Literal, get_args

AlarmKind = Literal["instances", "registration_rate", "storage", "free_space"]
STEPS: Final = (100, 80)
"""Percent of a ceiling, the highest first."""
SLACK: Final = 5
"""So far below a step its alarm ends: what goes up and down around a step is told once."""
RATE_QUIET_S: Final = 900
"""A rush that nobody told of for so long is over."""
MOST: Final = 200
"""Kept at a time, the worst ones."""
_KINDS: Final = get_args(AlarmKind)


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """What the operator wants to hear of."""

    instances_ceiling: int = 100_000
    """Living instances of each template, and of all that have none; 0: nobody counts."""
    rate_alarm_after_s: int = 60
    """A rate of registrations that is exceeded for so long is an alarm."""
    storage_quota_bytes: int = 0
    """Of the database; 0: any size. Full, it takes no new registrations."""
    least_free_bytes: int = 256 * 2**20
    """On the disk of a SQLite file; 0: nobody looks."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What was found. `subject` is a template's id; empty: what belongs to no template."""

    kind: AlarmKind
    amount: int
    ceiling: int
    """Positive. Of `free_space` it is the least."""
    subject: str = ""

    @property
    def percent(self) -> int:
        """How much of the ceiling is reached; of free space, how near the least is."""
        if self.kind == "free_space":
            return self.ceiling * 100 // max(1, self.amount)
        return self.amount * 100 // self.ceiling


@dataclass(frozen=True, slots=True)
class Alarm:
    kind: AlarmKind
    subject: str
    reached: int
    """One of STEPS."""
    amount: int
    """Instances or bytes; of `registration_rate`, how many were refused."""
    ceiling: int
    """Instances or bytes; of `registration_rate`, registrations a second."""
    since: int
    """Epoch seconds, as `seen`."""
    seen: int
    """When `registration_rate` was told last; of the other kinds, `since`."""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.subject

    @property
    def full(self) -> bool:
        """New registrations have to wait."""
        return self.kind == "storage" and self.reached == STEPS[0]


@dataclass(frozen=True, slots=True)
class Change:
    """Of one alarm, from one look to the next."""

    event: Literal["alarm.raised", "alarm.lowered", "alarm.cleared"]
    alarm: Alarm
    """As it is now; of one that is over, as it was."""


def judged(measures: Iterable[Measure], before: Iterable[Alarm], *, now: int) -> tuple[Alarm, ...]:
    """The alarms that stand, the worst first. Of a rush the measures know nothing: it lasts as long as it is told."""
    known = {alarm.key: alarm for alarm in before}
    found = [one for one in known.values() if one.kind == "registration_rate" and now - one.seen < RATE_QUIET_S]
    for measure in measures:
        old = known.get((measure.kind, measure.subject))
        reached = _reached(measure.percent, old.reached if old else 0)
        if reached:
            since = old.since if old else now
            found.append(
                Alarm(measure.kind, measure.subject, reached, measure.amount, measure.ceiling, since, seen=since)
            )
    return tuple(sorted(found, key=lambda alarm: (-alarm.reached, alarm.key))[:MOST])


def with_rush(before: Iterable[Alarm], rush: Alarm) -> tuple[Alarm, ...]:
    """The alarms with this one in the place of what was told of it before."""
    others = [alarm for alarm in before if alarm.key != rush.key]
    return (rush, *others)[:MOST]


def changes(before: Iterable[Alarm], after: Iterable[Alarm]) -> tuple[Change, ...]:
    """What is worth an event: a step up or down, and an end."""
    old, new = {one.key: one for one in before}, {one.key: one for one in after}
    found: list[Change] = []
    for key, alarm in new.items():
        was = old[key].reached if key in old else 0
        if alarm.reached != was:
            found.append(Change("alarm.raised" if alarm.reached > was else "alarm.lowered", alarm))
    return (*found, *(Change("alarm.cleared", alarm) for key, alarm in old.items() if key not in new))


def encode(alarms: Iterable[Alarm]) -> str:
    """The document to store; empty for none."""
    said = [asdict(alarm) for alarm in alarms]
    return json.dumps(said, sort_keys=True) if said else ""


def decode(text: str) -> tuple[Alarm, ...]:
    """Raises ValueError for what `encode` did not write."""
    document = json.loads(text) if text else []
    if type(document) is not list:
        raise ValueError("not a list of alarms")
    return tuple(_alarm(one) for one in document)


def _alarm(document: object) -> Alarm:
    names = {field.name for field in fields(Alarm)}
    if not isinstance(document, dict) or set(document) != names or document["kind"] not in _KINDS:
        raise ValueError("not an alarm")
    if type(document["subject"]) is not str:
        raise ValueError("the subject of an alarm is a text")
    if not all(type(document[name]) is int for name in names - {"kind", "subject"}):
        raise ValueError("an alarm's figures are whole numbers")
    return Alarm(**document)


def _reached(percent: int, before: int) -> int:
    return next((step for step in STEPS if percent >= step - (SLACK if before >= step else 0)), 0)
