"""kill -9 in the middle of writing: what was acknowledged is there, whatever else is not."""

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "support_writing_program.py"
NIGHTLY = os.environ.get("KEYFOB_NIGHTLY") == "1"
KILLS = 200 if NIGHTLY else 20
TASKS = 16
WRITES = 100 * KILLS


@dataclass(frozen=True, slots=True)
class Toll:
    acknowledged: int
    lost: int


def _acknowledged_until_killed(path: Path, lines: int, *mode: str) -> list[str]:
    """What a writing process said before it was killed: at least `lines` lines."""
    command = [sys.executable, str(PROGRAM), f"sqlite:///{path}", str(TASKS), *mode]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        said = [program.stdout.readline() for _ in range(lines)]
        program.kill()
        said += program.stdout.readlines()
    assert program.returncode == -9
    # the last one may have been cut off
    return [line.rstrip("\n") for line in said if line.endswith("\n")]


def _lost(path: Path, said: list[str]) -> int:
    """How many acknowledged writes an independent reader does not find; the file itself must be whole."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        counters = dict(connection.execute("select id, refresh_counter from delegations").fetchall())
    needed = [(line.split()[1], 1 if line.startswith("rotated") else 0) for line in said]
    return sum(1 for grant_id, counter in needed if counters.get(grant_id, -1) < counter)


def _kill_again_and_again(path: Path, kills: int, *mode: str) -> Toll:
    chance = random.Random()  # noqa: S311 - when to kill is no secret
    acknowledged = lost = 0
    for _ in range(kills):
        said = _acknowledged_until_killed(path, chance.randint(100, 300), *mode)
        acknowledged += len(said)
        lost += _lost(path, said)
    return Toll(acknowledged, lost)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_acknowledged_write_is_lost_to_kill_9(path: Path) -> None:
    toll = _kill_again_and_again(path, KILLS)
    assert toll.acknowledged >= WRITES
    assert toll.lost == 0


@pytest.mark.slow
def test_the_same_harness_finds_a_writer_that_answers_before_it_commits(path: Path) -> None:
    assert _kill_again_and_again(path, 5, "answers-before-commit").lost > 0
