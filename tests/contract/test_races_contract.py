"""Single use, with real rivals: processes, and the tasks of each of them."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.records import GrantKey
from support_engines import Database
from support_racer import AT_ONCE
from support_stored_records import a_grant, an_instance

RACERS = 4
ITEMS = 240
RACER = Path(__file__).parent.parent / "support_racer.py"


def _race(database: Database, what: str) -> Counter[int]:
    """How often each number was won, over all processes; each round starts for all of them at once."""
    command = [sys.executable, str(RACER), database.url, what, str(ITEMS)]
    racers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(RACERS)
    ]
    won: list[list[int]] = [[] for _ in racers]
    try:
        for _ in range(ITEMS // AT_ONCE):
            for numbers, racer in zip(won, racers, strict=True):
                numbers.extend(_line(racer))
            for racer in racers:
                _go(racer)
        for numbers, racer in zip(won, racers, strict=True):
            numbers.extend(_line(racer))
        assert [racer.wait(timeout=30) for racer in racers] == [0] * RACERS
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()
    assert sum(1 for numbers in won if numbers) > 1, "one racer won everything: that was no race"
    return Counter(number for numbers in won for number in numbers)


def _line(racer: subprocess.Popen[str]) -> list[int]:
    assert racer.stdout is not None
    numbers: list[int] = json.loads(racer.stdout.readline())
    return numbers


def _go(racer: subprocess.Popen[str]) -> None:
    assert racer.stdin is not None
    racer.stdin.write("go\n")
    racer.stdin.flush()


EACH_ONCE = Counter(range(ITEMS))


@pytest.mark.slow
def test_c2_a_code_that_many_processes_redeem_at_once_yields_one_grant(database: Database) -> None:
    assert _race(database, "add_grant") == EACH_ONCE


@pytest.mark.slow
def test_f3_an_initial_token_that_many_processes_use_at_once_registers_one_instance(database: Database) -> None:
    assert _race(database, "add_instance") == EACH_ONCE


@pytest.mark.slow
def test_a_user_name_that_many_processes_want_goes_to_one_account_with_one_password(database: Database) -> None:
    assert _race(database, "add_account") == EACH_ONCE


@pytest.mark.slow
@pytest.mark.parametrize("what", ["rotate_grant", "revoke_grant"])
def test_e2_a_refresh_counter_moves_once_and_a_grant_dies_once_whoever_races(database: Database, what: str) -> None:
    async def fill(store: Store) -> None:
        await asyncio.gather(*(store.add_grant(a_grant(f"g{number}")) for number in range(ITEMS)))

    async def counters(store: Store) -> list[tuple[int, int]]:
        keys = [GrantKey(ClientId("instance-1"), GrantId(f"g{number}")) for number in range(ITEMS)]
        grants = [(await store.load(grant=key)).grant for key in keys]
        return [(grant.refresh_counter, grant.generation) for grant in grants if grant]

    database.run(fill)
    assert _race(database, what) == EACH_ONCE
    assert database.run(counters) == [(1, 1) if what == "rotate_grant" else (0, 2)] * ITEMS


def test_c2_of_many_tasks_one_redeems_the_code(database: Database) -> None:
    async def scenario(store: Store) -> list[bool]:
        return await asyncio.gather(*(store.add_grant(a_grant()) for _ in range(64)))

    assert sorted(database.run(scenario)) == [False] * 63 + [True]


def test_f3_of_many_tasks_one_registers(database: Database) -> None:
    async def scenario(store: Store) -> list[bool]:
        return await asyncio.gather(*(store.add_instance(an_instance()) for _ in range(64)))

    assert sorted(database.run(scenario)) == [False] * 63 + [True]


def test_tasks_that_race_over_different_keys_do_not_disturb_each_other(database: Database) -> None:
    async def scenario(store: Store) -> int:
        outcomes = await asyncio.gather(*(store.add_grant(a_grant(f"g{number // 2}")) for number in range(600)))
        return sum(outcomes)

    assert database.run(scenario) == 300
