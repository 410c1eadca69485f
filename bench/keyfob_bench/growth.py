"""Keyfob on PostgreSQL with ten thousand instances, and with a thousand times as many."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import asyncpg

from keyfob_bench.contestant import Operation
from keyfob_bench.crowd import Crowd
from keyfob_bench.keyfob import Node, Place, start_keyfob
from keyfob_bench.load import drive
from keyfob_bench.population import INSTANCES_OF_ACCOUNT, TABLES, Pattern, Population, fill, read_pattern
from keyfob_bench.postgres import Postgres
from keyfob_bench.processes import on_processor
from keyfob_bench.results import Population as Facts
from keyfob_server.composition.administration import Administration, administer
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.instance_search import InstanceQuery
from keyfob_server.settings import load_settings

CONNECTIONS: Final = 4
_VARIABLES: Final = {"KEYFOB_LIFETIMES_REFRESH_IDLE_S": "864000", "KEYFOB_LIFETIMES_REFRESH_ABSOLUTE_S": "864000"}
_ACTS: Final = 200
_KILLS: Final = 50
_ADMINISTRATOR: Final = Act(by="command line: the bench", reason="measuring")
_SIZE: Final = "select pg_total_relation_size(cast($1 as text)::regclass)"


@dataclass(frozen=True, slots=True)
class Loaded:
    node: Node
    crowd: Crowd
    facts: Facts


def start_grown(folder: Path, core: int, postgres: Postgres, instances: int, told: Callable[[str], None]) -> Loaded:
    """A node of its own on a database of its own, filled, with what administrators do there measured."""
    database = f"keyfob_{instances}"
    postgres.create(database)
    node = start_keyfob(folder, core, CONNECTIONS, Place(postgres, database), _VARIABLES)
    try:
        # the sign-in whose rows are the pattern
        code_flow = node.server.script(Operation.CODE_ES256, 0)
        drive(node.server.address, [code_flow] if code_flow else [], 0.5, warm_up_s=0)
        seat = node.server.provider.seats["ES256"][0]

        async def load() -> tuple[Population, Facts]:
            connection = await asyncpg.connect(postgres.url(database))
            try:
                pattern = await read_pattern(connection, seat.client_id)
                population = _population(node, pattern, instances)
                return population, await _fill(connection, population, instances, told)
            finally:
                await connection.close()

        # the node waits meanwhile: its processor makes the rows, that of the load takes them into the database
        with on_processor(core):
            population, facts = asyncio.run(load())
        facts = replace(facts, acts=_acts(node, population, instances))
        return Loaded(node, Crowd(node.server, population, instances - _killed(instances)), facts)
    except BaseException:
        node.server.close()
        raise


def _killed(instances: int) -> int:
    """The last ones are those that are killed."""
    return min(_KILLS * INSTANCES_OF_ACCOUNT, instances // 2)


def _population(node: Node, pattern: Pattern, instances: int) -> Population:
    """Made in the past, so that whatever is registered from now on comes after."""
    return Population(pattern, node.keys.root, secrets.token_bytes(16), int(time.time() * 1000) - instances - 1000)


async def _fill(
    connection: asyncpg.Connection, population: Population, instances: int, told: Callable[[str], None]
) -> Facts:
    before = [await connection.fetchval(_SIZE, table) for table in TABLES]
    began = time.monotonic()
    step = max(instances // 10, 1)

    def report(done: int) -> None:
        if done % step == 0:
            told(f"growth: {done:,} of {instances:,} instances after {time.monotonic() - began:.0f} s")

    await fill(connection, population, instances, report)
    accounts, clients, grants = [
        await connection.fetchval(_SIZE, table) - first for table, first in zip(TABLES, before, strict=True)
    ]
    people = (instances + INSTANCES_OF_ACCOUNT - 1) // INSTANCES_OF_ACCOUNT
    return Facts(instances, time.monotonic() - began, (clients + grants) / instances, accounts / people, {})


def _acts(node: Node, population: Population, instances: int) -> dict[str, tuple[float, float]]:
    """By the storage's own verbs, on a connection of their own, one after the other."""

    async def measure(administration: Administration) -> dict[str, tuple[float, float]]:
        store = administration.store
        others = instances - _killed(instances)
        sampled = [secrets.randbelow(others) for _ in range(_ACTS)]
        victims = range(others, instances, INSTANCES_OF_ACCOUNT)

        async def find(number: int) -> None:
            found = await store.list_instances(user_name=population.user_name(number))
            _expect(len(found), INSTANCES_OF_ACCOUNT)

        async def search_user(number: int) -> None:
            page = await store.instance_search.search(InstanceQuery("user", population.user_name(number)))
            _expect(len(page.instances), INSTANCES_OF_ACCOUNT)

        async def search_id(number: int) -> None:
            page = await store.instance_search.search(InstanceQuery("client_id", population.client_id(number)[:-4]))
            _expect(len(page.instances), 1)

        async def newest(_: int) -> None:
            page = await store.instance_search.search(InstanceQuery("name", "bank"))
            _expect(len(page.instances), 50)

        async def window(_: int) -> None:
            page = await store.instance_search.search(InstanceQuery("name", "no app of this name"))
            _expect(len(page.instances), 0)

        return {
            "find the instances of an owner": await _timed(find, sampled),
            "search by user name": await _timed(search_user, sampled),
            "search by client id": await _timed(search_id, sampled),
            "search by a name that all have": await _timed(newest, sampled[:50]),
            "search by a name that none has": await _timed(window, sampled[:50]),
            "revoke all instances of an owner": await _timed(lambda one: _kill(store, population, one), victims),
        }

    return administer(load_settings(node.configuration, {}), measure)


async def _kill(store: Store, population: Population, number: int) -> None:
    for one in await store.list_instances(user_name=population.user_name(number)):
        if await store.set_instance_status(one.client_id, "revoked", act=_ADMINISTRATOR) is None:
            raise RuntimeError("an instance was not revoked")


async def _timed(act: Callable[[int], Awaitable[None]], numbers: "list[int] | range") -> tuple[float, float]:
    took = []
    for number in numbers:
        began = time.perf_counter()
        await act(number)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return took[len(took) // 2], took[min(int(len(took) * 0.99), len(took) - 1)]


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"{found} instances were found, not {wanted}")
