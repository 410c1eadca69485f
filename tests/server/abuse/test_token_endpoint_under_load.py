"""Rows F22 and H11: whoever has an instance goes on while many register, or try passwords, at once.

Rounds with and without a storm follow each other on one server process, so that the machine is the same for both.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from keyfob_bench.exchange import Answer
from keyfob_bench.messages import header, members
from keyfob_server.rules.policy import RegistrationPolicy
from support_configured_server import serving_with
from support_keyfob_program import keyfob
from support_sql import value
from support_traffic import (
    Compared,
    compared,
    in_waves,
    lines,
    page_view,
    registering,
    sign_in_form,
    signed_in,
)

pytestmark = [pytest.mark.nightly, pytest.mark.slow, pytest.mark.timeout(300)]

INSTALLS = 4
EVERY_S = 0.02
ROUND_S = 3.0
CROWD = 200
REGISTERING_COSTS, SIGNING_IN_COSTS, PASSWORDS_COST = 4, 150, 6
"""How many times longer the p99 of a refresh may be: beside the registrations and beside the sign-ins than without, and
beside the sign-ins than beside as many visits of the page. Two hundred requests at one instant stand before a refresh,
which on a quick machine is many times what it takes alone; no password's hash may.
"""
QUIET = {"KEYFOB_LOG_LEVEL": "error"}
"""Nobody reads what the server says."""
Told = tuple[Compared, Mapping[str, list[Answer]]]


def tell(capsys: pytest.CaptureFixture[str], found: Compared) -> None:
    """Whoever reads the run wants the figures."""
    with capsys.disabled():
        sys.stdout.write(f"\n{found}\n")


def test_f22_refreshes_go_on_while_five_times_as_many_register_as_may(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds, most, data = 6, RegistrationPolicy().max_per_second, tmp_path / "keyfob"
    with serving_with(tmp_path, QUIET | {"KEYFOB_REGISTRATION_RATE_ALARM_AFTER_S": "10"}) as base_url:
        installs = [signed_in(base_url) for _ in range(INSTALLS)]
        command = ("initial-token", "issue", "--uses", "unlimited", "--json")
        token = str(keyfob("--config", str(data / "keyfob.toml"), *command, cwd=tmp_path).document()["token"])

        async def play() -> Told:
            async with lines(base_url, INSTALLS) as own, lines(base_url, 25) as many:
                storm = partial(registering, many, token, per_second=5 * most)
                return await compared(
                    list(zip(installs, own, strict=True)),
                    {"registrations": lambda seconds: storm(seconds=seconds)},
                    rounds=rounds,
                    round_s=ROUND_S,
                    every_s=EVERY_S,
                )

        found, answers = asyncio.run(play())
        alarms = str(value(data / "keyfob.db", "select value from settings where name = 'watch.alarms'"))
    tell(capsys, found)
    statuses = Counter(answer.status for answer in answers["registrations"])
    assert set(statuses) == {201, 429}
    # a bucket fills again in a second: each round begins with a full one
    assert statuses[201] <= rounds * most * (ROUND_S + 2)
    assert statuses[429] > statuses[201]
    for answer in answers["registrations"]:
        if answer.status == 429:
            assert members(answer, 429)["error"] == "temporarily_unavailable"
            assert header(answer, b"retry-after") == "1"
    assert '"kind": "registration_rate"' in alarms
    assert found.factor("registrations") < REGISTERING_COSTS


def test_h11_refreshes_go_on_while_two_hundred_sign_in_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    free = {f"KEYFOB_LIMITS_SIGN_IN_{of}_FAILURES": "100000" for of in ("ADDRESS", "NETWORK", "TOTAL")}
    with serving_with(tmp_path, QUIET | free) as base_url:
        installs = [signed_in(base_url) for _ in range(INSTALLS)]
        forms, view = [sign_in_form(base_url) for _ in range(CROWD)], page_view(base_url)

        async def play() -> Told:
            async with lines(base_url, INSTALLS) as own, lines(base_url, CROWD) as crowd:
                views = [partial(line.say, view) for line in crowd]
                sign_ins = [partial(form.submit, line) for form, line in zip(forms, crowd, strict=True)]
                return await compared(
                    list(zip(installs, own, strict=True)),
                    {
                        "page views": lambda seconds: in_waves(views, seconds=seconds, wave_s=1),
                        "sign-ins": lambda seconds: in_waves(sign_ins, seconds=seconds, wave_s=1),
                    },
                    rounds=4,
                    round_s=ROUND_S,
                    every_s=EVERY_S,
                )

        found, answers = asyncio.run(play())
    tell(capsys, found)
    assert {answer.status for answer in answers["page views"]} == {200}
    assert {answer.status for answer in answers["sign-ins"]} == {200, 503}
    busy = [answer for answer in answers["sign-ins"] if answer.status == 503]
    assert len(busy) >= len(answers["sign-ins"]) // 2
    assert all(int(header(answer, b"retry-after")) >= 1 for answer in busy)
    assert found.factor("sign-ins") < SIGNING_IN_COSTS
    assert found.factor("sign-ins", than="page views") < PASSWORDS_COST
