"""Alarms in words: what, how much of how much, and since when."""

import pytest

from keyfob_server.rules.alarms import Alarm
from keyfob_server.web.admin.alarm_words import MOST, alarm_text, alarms_of, all_alarms

AT = 1_769_850_300
SINCE = "since 2026-01-31 09:05 UTC"


@pytest.mark.parametrize(
    ("alarm", "text"),
    [
        (
            Alarm("instances", "shop", 80, 81_234, 100_000, AT, AT),
            f"Instances of the template shop have reached 80 % of the ceiling: 81,234 are in use, of 100,000, {SINCE}.",
        ),
        (
            Alarm("instances", "", 100, 100_000, 100_000, AT, AT),
            f"Instances without a template have reached 100 % of the ceiling: 100,000 are in use, of 100,000, {SINCE}.",
        ),
        (
            Alarm("registration_rate", "", 100, 1234, 50, AT, AT),
            f"Registrations without a template have been more than 50 a second {SINCE}: one node refused 1,234.",
        ),
        (
            Alarm("storage", "", 80, 850_000_000, 10**9, AT, AT),
            f"The database has reached 80 % of its quota: 850.0 MB of 1.0 GB, {SINCE}.",
        ),
        (
            Alarm("storage", "", 100, 2 * 10**12, 10**12, AT, AT),
            f"The database has reached 100 % of its quota: 2.0 TB of 1.0 TB, {SINCE}. New registrations are refused.",
        ),
        (
            Alarm("free_space", "", 80, 300_000_000, 268_435_456, AT, AT),
            f"The disk of the database has 300.0 MB left, not far from the least of 268.4 MB, {SINCE}.",
        ),
        (
            Alarm("free_space", "", 100, 4096, 268_435_456, AT, AT),
            f"The disk of the database has 4,096 bytes left, less than the least of 268.4 MB, {SINCE}.",
        ),
    ],
)
def test_an_alarm_says_what_has_been_reached_and_since_when(alarm: Alarm, text: str) -> None:
    assert alarm_text(alarm) == text


def test_a_page_shows_the_first_ones_and_says_how_many_more_there_are() -> None:
    alarms = [Alarm("instances", f"t{number:02}", 80, 8, 10, AT, AT) for number in range(MOST + 3)]
    shown = all_alarms(alarms)
    assert len(shown) == MOST + 1
    assert shown[-1] == "And 3 more: the log names them all."
    assert len(all_alarms(alarms[:MOST])) == MOST


def test_the_page_of_a_template_shows_its_own_alone() -> None:
    alarms = [Alarm("instances", name, 80, 8, 10, AT, AT) for name in ("a", "b", "")]
    assert alarms_of("b", alarms) == (alarm_text(alarms[1]),)
    assert alarms_of("c", alarms) == ()
