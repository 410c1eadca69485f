"""The verdicts over refresh tokens, by a machine that is kept honest by mutants: it must catch every one of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from keyfob_server.demo.data import demo_policy
from keyfob_server.endpoints.grants import refresh_token as refresh_grant
from keyfob_server.rules.records import Grant, Loaded
from keyfob_server.rules.refresh import Refused, Repeat, Reused, Rotate, Verdict, judge
from support_app import BASE, Keyfob, running_keyfob
from support_refresh_machine import ABSOLUTE_S, IDLE_S, RefreshMachine
from support_refresh_model import Outcome


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    policy = replace(demo_policy(BASE), refresh_idle_s=IDLE_S, refresh_absolute_s=ABSOLUTE_S)
    with running_keyfob(tmp_path_factory.mktemp("machine"), policy=policy) as running:
        yield running


def run(
    keyfob: Keyfob, *, examples: int, phases: tuple[Phase, ...] = tuple(Phase), same_every_time: bool = True
) -> set[Outcome]:
    """What the machine saw happen; AssertionError when the server differs from the model."""
    seen: set[Outcome] = set()
    chosen = settings(
        max_examples=examples,
        derandomize=same_every_time and settings().derandomize,
        database=None,
        stateful_step_count=30,
        phases=phases,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(lambda: RefreshMachine(keyfob, seen), settings=chosen)  # type: ignore[arg-type] # any factory will do
    return seen


@pytest.mark.slow
@pytest.mark.timeout(1800)  # the nightly run explores
def test_every_refresh_gets_the_verdict_of_the_design(keyfob: Keyfob) -> None:
    wanted = set(get_args(Outcome))
    seen = run(keyfob, examples=settings().max_examples)
    for _ in range(10):
        if seen == wanted:
            break
        # one search may miss what is rare, and which one depends on the interpreter
        seen |= run(keyfob, examples=settings().max_examples, same_every_time=False)
    assert seen == wanted


Change = Callable[[Verdict, Grant], Verdict]


def _old_is_repeated(verdict: Verdict, grant: Grant) -> Verdict:
    return Repeat(grant.refresh_counter) if verdict == Reused("old") else verdict


def _window_never_ends(verdict: Verdict, grant: Grant) -> Verdict:
    return Repeat(grant.refresh_counter) if verdict == Reused("late") else verdict


def _foreign_is_only_refused(verdict: Verdict, _grant: Grant) -> Verdict:
    return Refused("unknown grant") if verdict == Reused("foreign") else verdict


def _ahead_is_believed(verdict: Verdict, grant: Grant) -> Verdict:
    return Repeat(grant.refresh_counter) if verdict == Reused("ahead") else verdict


def _no_second_chance(verdict: Verdict, _grant: Grant) -> Verdict:
    return Reused("late") if isinstance(verdict, Repeat) else verdict


def _dead_lives(verdict: Verdict, grant: Grant) -> Verdict:
    return Rotate(grant.refresh_counter + 1) if verdict == Refused("client changed") else verdict


def _never_too_old(verdict: Verdict, grant: Grant) -> Verdict:
    return Rotate(grant.refresh_counter + 1) if verdict == Refused("expired") else verdict


MUTANTS: tuple[Change, ...] = (
    _old_is_repeated,
    _window_never_ends,
    _foreign_is_only_refused,
    _ahead_is_believed,
    _no_second_chance,
    _dead_lives,
    _never_too_old,
)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__.strip("_"))
def test_the_machine_catches_a_wrong_verdict(keyfob: Keyfob, monkeypatch: pytest.MonkeyPatch, mutant: Change) -> None:
    def judged(loaded: Loaded, grant: Grant, **facts: object) -> Verdict:
        return mutant(judge(loaded, grant, **facts), grant)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(refresh_grant, "judge", judged)
    with pytest.raises(AssertionError):
        run(keyfob, examples=300, phases=(Phase.generate,))
