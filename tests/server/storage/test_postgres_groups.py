"""storage.postgres_groups: requests that come at once share an exchange with PostgreSQL, and nothing else."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.rules.records import Grant, GrantKey
from keyfob_server.storage import load_statements
from keyfob_server.storage.postgres_database import NODE, PostgresDatabase
from keyfob_server.storage.postgres_groups import GROUP, ONE_ROW
from support_engines import Postgresql
from support_polling import eventually
from support_postgres import cluster
from support_stored_records import a_grant

pytestmark = pytest.mark.slow

# by the number of a group's last member, so that there are whole groups and a rest
AT_ONCE = 5 * GROUP + 3


@pytest.fixture
def url(tmp_path: Path) -> str:
    return Postgresql().create(tmp_path)


@pytest.fixture
def name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def play(url: str, scenario: Callable[[Store], Awaitable[None]]) -> None:
    async def run() -> None:
        store = await PostgresDatabase(url, connections=3, application=NODE).open()
        try:
            await scenario(store)
        finally:
            await store.close()

    asyncio.run(run())


def key(number: int) -> GrantKey:
    return GrantKey(ClientId("instance-1"), GrantId(f"g{number}"))


async def grants(store: Store, count: int) -> list[Grant]:
    made = [a_grant(f"g{number}") for number in range(count)]
    assert all(await asyncio.gather(*map(store.add_grant, made)))
    return made


async def rotate_all(store: Store, counter: int) -> list[bool]:
    """In the order of the grants; asked for in another each time."""

    async def rotate(number: int) -> tuple[int, bool]:
        return number, await store.rotate_grant(key(number), presented=counter, generation=1, now=2000)

    numbers = random.sample(range(AT_ONCE), AT_ONCE)
    return [done for _, done in sorted(await asyncio.gather(*map(rotate, numbers)))]


def test_of_requests_at_once_each_gets_its_own_row(url: str) -> None:
    async def scenario(store: Store) -> None:
        made = await grants(store, AT_ONCE)
        loaded = await asyncio.gather(*(store.load(grant=key(number)) for number in range(AT_ONCE + 1)))
        assert [one.grant for one in loaded] == [*made, None]

    play(url, scenario)


def test_what_is_asked_at_once_takes_few_exchanges(url: str, name: str) -> None:
    def transactions() -> int:
        told = "select xact_commit from pg_stat_database where datname = current_database()"
        return int(cluster().psql(name, told))

    async def scenario(store: Store) -> None:
        await grants(store, AT_ONCE)
        for counter in range(5):
            await asyncio.gather(*(store.load(grant=key(number)) for number in range(AT_ONCE)))
            assert all(await rotate_all(store, counter))

    play(url, lambda store: store.ping())
    eventually(lambda: transactions() > 0)
    before = transactions()
    play(url, scenario)
    # what connecting and looking on take is among them
    eventually(lambda: 60 <= transactions() - before < 10 * AT_ONCE / 2)


def test_a_request_that_postgresql_refuses_fails_alone(url: str) -> None:
    async def scenario(store: Store) -> None:
        made = await grants(store, 5)
        asked = [key(0), key(1), GrantKey(ClientId("no\0text"), GrantId("g")), key(3), key(4)]
        loaded = await asyncio.gather(*(store.load(grant=one) for one in asked), return_exceptions=True)
        refused = loaded.pop(2)
        assert isinstance(refused, asyncpg.CharacterNotInRepertoireError)
        assert [one.grant for one in loaded if not isinstance(one, BaseException)] == [*made[:2], *made[3:]]

    play(url, scenario)


def test_a_request_that_is_given_up_takes_no_other_with_it(url: str) -> None:
    async def scenario(store: Store) -> None:
        made = await grants(store, 5)
        asked = [asyncio.create_task(store.load(grant=key(number))) for number in range(5)]
        await asyncio.sleep(0)
        asked[0].cancel()
        loaded = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(loaded.pop(0), asyncio.CancelledError)
        assert [one.grant for one in loaded if not isinstance(one, BaseException)] == made[1:]

    play(url, scenario)


def test_every_text_that_goes_in_a_group_brings_one_row_though_nothing_is_found(url: str) -> None:
    texts = {text for text in vars(load_statements).values() if isinstance(text, str) and "select" in text}
    assert texts - {load_statements.__doc__} <= ONE_ROW

    async def scenario() -> None:
        connection = await asyncpg.connect(url)
        for text in ONE_ROW:
            parameters = {int(number) for number in re.findall(r"\$(\d+)", text)}
            for value in (None, "nobody"):
                assert len(await connection.fetch(text, *[value] * max(parameters))) == 1
        await connection.close()

    asyncio.run(scenario())


def test_of_writes_at_once_each_learns_what_became_of_its_own(url: str) -> None:
    async def scenario(store: Store) -> None:
        await grants(store, AT_ONCE)
        stale = [number % 3 == 0 for number in range(AT_ONCE)]
        done = await asyncio.gather(
            *(
                store.rotate_grant(key(number), presented=5 if wrong else 0, generation=1, now=2000)
                for number, wrong in enumerate(stale)
            )
        )
        assert done == [not wrong for wrong in stale]
        loaded = await asyncio.gather(*(store.load(grant=key(number)) for number in range(AT_ONCE)))
        assert [one.grant.refresh_counter for one in loaded if one.grant] == [int(not wrong) for wrong in stale]

    play(url, scenario)


def test_of_writes_at_once_to_one_row_one_takes_effect(url: str) -> None:
    async def scenario(store: Store) -> None:
        redeemed = await asyncio.gather(*(store.add_grant(a_grant("g0")) for _ in range(AT_ONCE)))
        rotated = await asyncio.gather(
            *(store.rotate_grant(key(0), presented=0, generation=1, now=2000) for _ in range(AT_ONCE))
        )
        assert [redeemed.count(True), rotated.count(True)] == [1, 1]

    play(url, scenario)


# at the commit, where the rows of all have come back already
_REFUSE_ONE_AT_COMMIT = """
    create function refuse_one() returns trigger language plpgsql as $$
    begin
        if new.id = 'g2' then raise exception 'not this one' using errcode = 'check_violation'; end if;
        return null;
    end $$;
    create constraint trigger refuse_one after update on delegations deferrable initially deferred for each row
    execute function refuse_one()
"""


def test_a_write_that_fails_at_the_commit_fails_alone_and_nobody_was_told_before(url: str, name: str) -> None:
    async def scenario(store: Store) -> None:
        await grants(store, 5)
        cluster().psql(name, _REFUSE_ONE_AT_COMMIT)
        rotations = (store.rotate_grant(key(n), presented=0, generation=1, now=2000) for n in range(5))
        done = await asyncio.gather(*rotations, return_exceptions=True)
        assert isinstance(done.pop(2), asyncpg.CheckViolationError)
        assert done == [True] * 4
        loaded = await asyncio.gather(*(store.load(grant=key(number)) for number in range(5)))
        assert [one.grant.refresh_counter for one in loaded if one.grant] == [1, 1, 0, 1, 1]

    try:
        play(url, scenario)
    finally:
        cluster().psql(name, "drop function if exists refuse_one() cascade")


def test_who_waits_for_a_locked_row_fails_alone(url: str) -> None:
    async def scenario(store: Store) -> None:
        await grants(store, 5)
        person = await asyncpg.connect(url)
        async with person.transaction():
            await person.execute("select 1 from delegations where id = 'g2' for update")
            rotations = (store.rotate_grant(key(n), presented=0, generation=1, now=2000) for n in range(5))
            done = await asyncio.gather(*rotations, return_exceptions=True)
        await person.close()
        assert isinstance(done.pop(2), StorageUnavailable)
        assert done == [True] * 4

    play(url, scenario)


def test_nodes_that_write_the_same_rows_at_once_do_so_once_and_wait_in_no_circle(url: str, name: str) -> None:
    async def scenario(store: Store) -> None:
        await grants(store, AT_ONCE)
        others = [await PostgresDatabase(url, connections=3, application=NODE).open() for _ in range(3)]
        for counter in range(20):
            done = await asyncio.gather(*(rotate_all(node, counter) for node in [store, *others]))
            assert [sum(one) for one in zip(*done, strict=True)] == [1] * AT_ONCE
        for node in others:
            await node.close()

    def circles() -> int:
        return int(cluster().psql(name, "select deadlocks from pg_stat_database where datname = current_database()"))

    before = circles()
    play(url, scenario)
    assert circles() == before
