"""PostgreSQL is killed in the middle of writing: what a node acknowledged is there when it is back."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyfob_server.storage.migrate import migrate
from support_postgres import Cluster, new_cluster

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PROGRAM = Path(__file__).parents[2] / "support_writing_program.py"
KILLS = 100 if os.environ.get("KEYFOB_NIGHTLY") == "1" else 5
TASKS = 8


@pytest.fixture
def mortal() -> Iterator[Cluster]:
    made = new_cluster()
    made.psql("postgres", "create database keyfob")
    migrate(made.url("keyfob"))
    yield made
    made.remove()


def kill_again_and_again(mortal: Cluster, kills: int, *mode: str) -> tuple[int, int]:
    """How many writes were acknowledged, and how many of them are lost."""
    chance = random.Random()  # noqa: S311 - when to kill is no secret
    said: list[str] = []
    for _ in range(kills):
        command = [sys.executable, str(PROGRAM), mortal.url("keyfob"), str(TASKS), *mode]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout is not None
            said += [program.stdout.readline() for _ in range(chance.randint(100, 300))]
            mortal.kill()
            said += program.stdout.readlines()
        mortal.start()
    rows = mortal.psql("keyfob", "select id, refresh_counter from delegations").splitlines()
    counters = {grant_id: int(counter) for grant_id, _, counter in (row.partition("|") for row in rows)}
    needed = [(line.split()[1], 1 if line.startswith("rotated") else 0) for line in said if line.endswith("\n")]
    return len(needed), sum(1 for grant_id, counter in needed if counters.get(grant_id, -1) < counter)


def test_no_acknowledged_write_is_lost_when_postgresql_is_killed(mortal: Cluster) -> None:
    acknowledged, lost = kill_again_and_again(mortal, KILLS)
    assert acknowledged >= 100 * KILLS
    assert lost == 0


def test_the_same_harness_finds_a_server_that_answers_before_it_writes(mortal: Cluster) -> None:
    _, lost = kill_again_and_again(mortal, 5, "answers-before-commit")
    assert lost > 0
