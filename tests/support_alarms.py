"""The job that looks at ceilings, and the alarms that it tells."""

import pytest

from keyfob_server.rules.alarms import Alarm
from keyfob_server.web.admin.alarm_words import all_alarms
from support_app import Keyfob

WATCH = "watch the ceilings"
SHOWN_ALARMS = all_alarms(
    (
        Alarm("storage", "", 100, 10_100_000_000, 10**10, 1_769_850_300, 1_769_850_300),
        Alarm("instances", "shop", 80, 81_234, 100_000, 1_769_850_300, 1_769_850_300),
    )
)
"""As a page shows them."""


async def one_look(keyfob: Keyfob) -> None:
    await next(job for job in keyfob.installation.jobs if job.name == WATCH).work()


def look(keyfob: Keyfob) -> None:
    """One turn of it."""
    keyfob.run(one_look(keyfob))


def alarms_told(log: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, object]]]:
    """Events and their facts, so far."""
    return [
        (one.getMessage(), one.facts)  # type: ignore[attr-defined] # our events carry them
        for one in log.records
        if one.getMessage().startswith("alarm.")
    ]
