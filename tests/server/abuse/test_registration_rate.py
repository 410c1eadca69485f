"""However many want to register, so many a second may; the others are told to come back, and lose nothing."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from keyfob_server.demo.data import demo_policy
from keyfob_server.limiting.memory import MemoryRateLimiter
from keyfob_server.rules.limits import SECOND
from support_app import BASE, Keyfob, running_keyfob
from support_sql import value
from support_twins import twin

PER_SECOND = 5
COUNT = "select count(*) from dynamically_registered_clients"


@pytest.fixture
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    """Its seconds pass when the test says so."""
    policy = demo_policy(BASE)
    slow = replace(policy, registration=replace(policy.registration, max_per_second=PER_SECOND))
    with running_keyfob(tmp_path_factory.mktemp("rate"), policy=slow) as running:
        limiter = MemoryRateLimiter(lambda: running.clock.now * SECOND, max_keys=100)
        yield twin(running, replace(running.installation.services, limiter=limiter))


def rush(keyfob: Keyfob, tokens: list[str]) -> list[int]:
    """All at once."""
    document = {"redirect_uris": ["io.curity.dcrclient:/callback"]}
    answers = keyfob.together(
        [
            (
                "POST",
                "/token-service/oauth-registration",
                {"json": document, "headers": {"authorization": f"Bearer {t}"}},
            )
            for t in tokens
        ]
    )
    for answer in answers:
        if answer.status_code == 429:
            assert answer.json()["error"] == "temporarily_unavailable"
            assert answer.headers["retry-after"] == "1"
    return [answer.status_code for answer in answers]


def test_f22_more_registrations_than_a_second_may_bring_are_429_and_store_nothing(hurried: Keyfob) -> None:
    tokens = [hurried.initial_token() for _ in range(4 * PER_SECOND)]
    hurried.clock.forward(1)
    answers = rush(hurried, tokens)
    assert sorted(answers) == [201] * PER_SECOND + [429] * 3 * PER_SECOND
    assert value(hurried.database, COUNT) == PER_SECOND


def test_f22_a_token_that_was_told_to_wait_is_good_afterwards(hurried: Keyfob) -> None:
    waiting = [hurried.initial_token() for _ in range(4 * PER_SECOND)]
    for _ in range(4):
        hurried.clock.forward(1)
        answers = rush(hurried, waiting)
        waiting = [token for token, status in zip(waiting, answers, strict=True) if status != 201]
    assert waiting == []
    assert value(hurried.database, COUNT) == 4 * PER_SECOND


def test_f22_who_has_no_good_token_takes_nobodys_place(hurried: Keyfob) -> None:
    tokens = [hurried.initial_token() for _ in range(PER_SECOND + 1)]
    spent = tokens.pop()
    assert rush(hurried, [spent]) == [201]
    hurried.clock.forward(1)
    assert 201 not in rush(hurried, ["junk"] * 15 + [spent] * 15)
    assert rush(hurried, tokens) == [201] * PER_SECOND


def test_f22_other_endpoints_are_answered_meanwhile(hurried: Keyfob) -> None:
    instance = hurried.new_instance()
    tokens = hurried.tokens(instance)
    assert 429 in rush(hurried, [hurried.initial_token() for _ in range(4 * PER_SECOND)])
    assert hurried.refresh(instance, tokens.refresh_token).status_code == 200


def test_f22_near_the_limit_there_is_one_event(hurried: Keyfob, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "keyfob.events")
    tokens = [hurried.initial_token() for _ in range(4 * PER_SECOND)]

    def alarms() -> int:
        return [record.getMessage() for record in caplog.records].count("registrations.near_limit")

    hurried.clock.forward(1)
    rush(hurried, tokens[: PER_SECOND - 2])
    assert alarms() == 0
    hurried.clock.forward(1)
    rush(hurried, tokens[PER_SECOND - 2 :])
    assert alarms() == 1
