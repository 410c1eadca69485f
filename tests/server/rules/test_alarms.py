"""When an alarm is raised, how it goes up and down, and when it is over."""

from dataclasses import replace

import pytest

from keyfob_server.rules.alarms import (
    MOST,
    RATE_QUIET_S,
    Alarm,
    AlarmKind,
    Measure,
    changes,
    decode,
    encode,
    judged,
    with_rush,
)

NOW = 10**9
RUSH = Alarm("registration_rate", "shop", 100, 500, 50, NOW - 60, NOW)


def look(amount: int, *before: Alarm, now: int = NOW) -> tuple[Alarm, ...]:
    return judged([Measure("instances", amount, 1000, "shop")], before, now=now)


@pytest.mark.parametrize(
    ("amounts", "reached"),
    [
        ([799], 0),
        ([800], 80),
        ([999], 80),
        ([1000], 100),
        ([5000], 100),
        ([800, 799], 80),
        ([800, 750], 80),
        ([800, 749], 0),
        ([749, 799], 0),
        ([1000, 950], 100),
        ([1000, 949], 80),
        ([1000, 749], 0),
    ],
)
def test_an_alarm_begins_at_a_step_and_ends_a_little_below_it(amounts: list[int], reached: int) -> None:
    alarms: tuple[Alarm, ...] = ()
    for amount in amounts:
        alarms = look(amount, *alarms)
    assert [one.reached for one in alarms] == ([reached] if reached else [])


def test_an_alarm_keeps_the_time_that_it_began_at_and_shows_the_newest_figure() -> None:
    (first,) = look(800)
    (then,) = look(1200, first, now=NOW + 500)
    assert then == Alarm("instances", "shop", 100, 1200, 1000, NOW, NOW)


@pytest.mark.parametrize(("free", "reached"), [(2000, 0), (1250, 80), (1001, 80), (1000, 100), (0, 100)])
def test_of_free_space_less_is_worse(free: int, reached: int) -> None:
    found = judged([Measure("free_space", free, 1000)], [], now=NOW)
    assert [one.reached for one in found] == ([reached] if reached else [])


@pytest.mark.parametrize(
    ("kind", "amount", "full"), [("storage", 1000, True), ("storage", 999, False), ("instances", 1000, False)]
)
def test_only_a_database_at_its_quota_refuses(kind: AlarmKind, amount: int, full: bool) -> None:  # noqa: FBT001 - a column of the table above
    (alarm,) = judged([Measure(kind, amount, 1000)], [], now=NOW)
    assert alarm.full is full


def test_a_rush_stands_as_long_as_it_is_told_and_no_longer() -> None:
    assert judged([], [RUSH], now=NOW + RATE_QUIET_S - 1) == (RUSH,)
    assert judged([], [RUSH], now=NOW + RATE_QUIET_S) == ()


def test_a_rush_that_is_told_again_takes_the_place_of_what_was_told_before() -> None:
    (other,) = look(800)
    again = replace(RUSH, amount=900, seen=NOW + 300)
    assert with_rush([other, RUSH], again) == (again, other)


def test_the_worst_come_first_and_no_more_are_kept_than_there_is_room_for() -> None:
    measures = [Measure("instances", 800 + number, 1000, f"t{number:03}") for number in range(MOST + 50)]
    found = judged(measures, [], now=NOW)
    assert len(found) == MOST
    assert [one.reached for one in found] == [100] * 50 + [80] * (MOST - 50)
    assert len(with_rush(found, RUSH)) == MOST


def test_a_step_up_a_step_down_and_the_end_are_told_and_nothing_else() -> None:
    (low,), (high,) = look(800), look(1000)
    assert [(one.event, one.alarm) for one in changes([], [low])] == [("alarm.raised", low)]
    assert [(one.event, one.alarm) for one in changes([low], [high])] == [("alarm.raised", high)]
    assert [(one.event, one.alarm) for one in changes([high], [low])] == [("alarm.lowered", low)]
    assert [(one.event, one.alarm) for one in changes([low], [])] == [("alarm.cleared", low)]
    assert changes([low], [replace(low, amount=801)]) == ()


def test_what_is_stored_is_read_again() -> None:
    alarms = (*look(800), RUSH)
    assert decode(encode(alarms)) == alarms
    assert encode(()) == ""
    assert decode("") == ()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "[1]",
        "[{}]",
        encode([RUSH]).replace("registration_rate", "weather"),
        encode([RUSH]).replace('"shop"', "1"),
        encode([RUSH]).replace("500", "true"),
        encode([RUSH]).replace('"since"', '"until"'),
    ],
)
def test_what_nobody_stored_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them: the reader counts it as none
        decode(text)
