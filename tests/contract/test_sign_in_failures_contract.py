"""Failed sign-ins are counted one by one, each against what stands in the database at that moment."""

import asyncio

from keyfob_server.ports.limits import SignInFailureStore
from keyfob_server.ports.storage import Store
from keyfob_server.rules.limits import SignInDelays
from support_clock import Clock
from support_engines import Database

DELAYS = SignInDelays(free=3, first_s=1, longest_s=10, forget_s=100)


async def counted(failures: SignInFailureStore, times: int, source: str = "here") -> list[int | None]:
    return [await failures.count_sign_in("anna", source, DELAYS) for _ in range(times)]


def test_the_last_free_failure_makes_the_next_attempt_wait(database: Database) -> None:
    async def scenario(store: Store) -> list[int | None]:
        return await counted(store.sign_in_failures, 6)

    assert database.run(scenario, Clock()) == [1, 2, 3, None, None, None]


def test_the_delay_doubles_up_to_the_longest(database: Database) -> None:
    clock = Clock()

    async def scenario(store: Store) -> list[int]:
        failures, waited = store.sign_in_failures, []
        await counted(failures, 2)
        for _ in range(6):
            assert await counted(failures, 1) != [None]
            before = clock.now
            while await counted(failures, 1) == [None]:
                clock.forward(1)
            waited.append(clock.now - before)
            await failures.uncount_sign_in("anna", "here", failures=3 + len(waited))
        return waited

    assert database.run(scenario, clock) == [1, 2, 4, 8, 10, 10]


def test_an_attempt_during_the_delay_does_not_lengthen_it(database: Database) -> None:
    clock = Clock()

    async def scenario(store: Store) -> list[int | None]:
        await counted(store.sign_in_failures, 4)
        clock.forward(1)
        passed = await counted(store.sign_in_failures, 1)
        clock.forward(1)
        assert await counted(store.sign_in_failures, 50) == [None] * 50
        clock.forward(1)
        return passed + await counted(store.sign_in_failures, 1)

    assert database.run(scenario, clock) == [4, 5]


def test_names_and_sources_are_counted_apart(database: Database) -> None:
    async def scenario(store: Store) -> list[int | None]:
        await counted(store.sign_in_failures, 4)
        there = await counted(store.sign_in_failures, 1, "there")
        return [*there, await store.sign_in_failures.count_sign_in("ben", "here", DELAYS)]

    assert database.run(scenario, Clock()) == [1, 1]


def test_after_clearing_the_count_begins_anew(database: Database) -> None:
    async def scenario(store: Store) -> list[int | None]:
        await counted(store.sign_in_failures, 4)
        await store.sign_in_failures.clear_sign_ins("anna", "here")
        await store.sign_in_failures.clear_sign_ins("never", "seen")
        return await counted(store.sign_in_failures, 1)

    assert database.run(scenario, Clock()) == [1]


def test_failures_are_forgotten_after_their_time_and_not_before(database: Database) -> None:
    clock = Clock()

    async def scenario(store: Store) -> list[list[int | None]]:
        await counted(store.sign_in_failures, 3)
        clock.forward(99)
        late = await counted(store.sign_in_failures, 1)
        clock.forward(100)
        return [late, await counted(store.sign_in_failures, 3)]

    assert database.run(scenario, clock) == [[4], [1, 2, 3]]


def test_one_that_was_not_judged_is_taken_back_with_its_delay(database: Database) -> None:
    async def scenario(store: Store) -> list[int | None]:
        failures = store.sign_in_failures
        await counted(failures, 3)
        await failures.uncount_sign_in("anna", "here", failures=3)
        return await counted(failures, 2)

    assert database.run(scenario, Clock()) == [3, None]


def test_the_delay_that_a_later_one_made_runs_on_when_an_earlier_one_is_taken_back(database: Database) -> None:
    clock = Clock()

    async def scenario(store: Store) -> list[int | None]:
        failures = store.sign_in_failures
        await counted(failures, 3)
        await failures.uncount_sign_in("anna", "here", failures=2)
        during = await counted(failures, 1)
        clock.forward(1)
        return during + await counted(failures, 1)

    assert database.run(scenario, clock) == [None, 3]


def test_no_more_are_taken_back_than_were_counted(database: Database) -> None:
    async def scenario(store: Store) -> list[int | None]:
        failures = store.sign_in_failures
        await counted(failures, 2)
        for number in (1, 2, 3, 4):
            await failures.uncount_sign_in("anna", "here", failures=number)
        return await counted(failures, 4)

    assert database.run(scenario, Clock()) == [1, 2, 3, None]


def test_of_many_attempts_at_once_only_the_free_ones_pass(database: Database) -> None:
    async def scenario(store: Store) -> list[int | None]:
        attempts = (store.sign_in_failures.count_sign_in("anna", "here", DELAYS) for _ in range(50))
        return list(await asyncio.gather(*attempts))

    found = database.run(scenario, Clock())
    assert sorted(number for number in found if number is not None) == [1, 2, 3]
