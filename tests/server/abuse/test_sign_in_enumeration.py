"""The sign-in form does not tell who has an account: not by words, status, headers, length, work or delay."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from math import erf, sqrt
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import httpx
import pytest

from keyfob_server.crypto.argon2 import ArgonPasswords, ArgonSettings
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.demo.data import demo_policy
from keyfob_server.rules.limits import LimitsPolicy
from support_app import BASE, Keyfob, running_keyfob
from support_attempts import add_account, at, attempt, counting, sign_in_page
from support_twins import twin

HERE: Final = "198.51.100.66"
OWN: Final = {"x-request-id", "date"}
NAMES: Final = {"unknown": "nobody01", "wrong": "demouser", "disabled": "disabled", "delayed": "hammered"}
"""All of one length."""


@pytest.fixture
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        for name in (NAMES["disabled"], NAMES["delayed"]):
            add_account(running, name)
        assert running.run(running.installation.store.set_account_status(NAMES["disabled"], "inactive"))
        for _ in range(10):
            attempt(at(running, HERE), NAMES["delayed"])
        yield running


def what_is_seen(answer: httpx.Response, user_name: str) -> tuple[int, int, dict[str, str], str]:
    """All but the request's id and the sealed state, of which the length is kept."""
    (state,) = re.findall(r'name="state" value="([^"]+)"', answer.text)
    headers = {name: value for name, value in answer.headers.items() if name not in OWN}
    return answer.status_code, len(state), headers, answer.text.replace(state, "STATE").replace(user_name, "USER NAME")


@pytest.mark.parametrize("password", ["wrong", "Password1", "x" * 300, ""], ids=["wrong", "right", "long", "empty"])
def test_h5_an_unknown_a_wrong_a_disabled_and_a_delayed_sign_in_get_the_same_answer(
    keyfob: Keyfob, password: str
) -> None:
    seen = []
    for kind, user_name in NAMES.items():
        typed = "another" if (kind, password) == ("wrong", "Password1") else password
        seen.append(what_is_seen(attempt(at(keyfob, HERE), user_name, typed), user_name))
    assert seen[0][0] == 200
    assert all(one == other for one, other in pairwise(seen))


def test_h5_each_costs_one_hash(keyfob: Keyfob) -> None:
    for user_name in NAMES.values():
        server, passwords = counting(keyfob)
        attempt(at(server, HERE), user_name)
        assert passwords.looked_at + passwords.burnt == 1, user_name


def test_h5_an_unknown_name_is_delayed_as_a_known_one(keyfob: Keyfob) -> None:
    counts = []
    for user_name in (NAMES["unknown"], NAMES["wrong"]):
        server, passwords = counting(keyfob)
        here = at(server, HERE)
        browser = here.browser()
        page = sign_in_page(here, browser)
        for _ in range(30):
            page = browser.sign_in(page, user_name, "wrong")
            here.clock.forward(1)
        failures = keyfob.run(_count(keyfob, user_name))
        counts.append((failures, passwords.looked_at + passwords.burnt))
    assert counts[0] == counts[1]


async def _count(keyfob: Keyfob, user_name: str) -> int | None:
    services = keyfob.installation.services
    hashed = services.hasher.hash("sign_in_failures", user_name)
    source = services.hasher.hash("sign_in_failures", "network 198.51.100.0/24")
    keyfob.clock.forward(900)
    return await services.sign_in_failures.count_sign_in(hashed, source, services.policy.limits.sign_in_delays)


def mann_whitney(one: list[float], other: list[float]) -> float:
    """The two-sided p of samples without many ties."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_, which) in enumerate(ranked, 1) if which == 0)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)
    return 1 - erf(abs(z) / sqrt(2))


def test_the_statistics_tell_samples_apart_and_leave_equal_ones_alone() -> None:
    one = [float(number) for number in range(1000)]
    assert mann_whitney(one, [value + 0.5 for value in one]) > 0.9
    assert mann_whitney(one, [value + 100.5 for value in one]) < 0.01


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_h5_ten_thousand_answers_do_not_tell_an_unknown_name_from_a_known_one_by_their_time(tmp_path: Path) -> None:
    limits = LimitsPolicy(sign_in_total_failures=100_000)
    real = ArgonPasswords(ArgonSettings(), SystemEntropy())
    with running_keyfob(tmp_path, policy=replace(demo_policy(BASE), limits=limits)) as running:
        server = twin(running, replace(running.installation.services, passwords=real))
        add_account(server, "someone1", passwords=real)
        browser = server.browser()
        page = sign_in_page(server, browser)
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(10_000):
            which = number % 2
            started = perf_counter()
            page = browser.sign_in(page, "someone1" if which else f"no{number:06}", "wrong")
            times[which].append(perf_counter() - started)
            assert page.status_code == 200
    real.close()
    assert abs(median(times[0]) - median(times[1])) < 0.005
    assert mann_whitney(*times) > 0.01
