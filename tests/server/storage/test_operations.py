"""What an executor promises: an operation is a list of texts, and all of them happen or none."""

from keyfob_server.ports.storage import Store
from keyfob_server.storage import statements
from keyfob_server.storage.executor import Step
from support_engines import Database
from support_sqlite_faults import executor_of

PUT = Step(statements.ADD_SETTING, ("name", "value"))
NOBODY = Step(statements.RAISE_ACCOUNT_GENERATION, ("nobody",))


def test_an_operation_answers_with_the_rows_of_its_last_step(database: Database) -> None:
    async def scenario(store: Store) -> None:
        second = Step(statements.ADD_SETTING, ("other", "another value"))
        assert await executor_of(store).write(PUT, second) == [("another value",)]
        assert [await store.get_setting(name) for name in ("name", "other")] == ["value", "another value"]

    database.run(scenario)


def test_a_step_that_finds_nothing_undoes_the_steps_before_it(database: Database) -> None:
    async def scenario(store: Store) -> None:
        assert await executor_of(store).write(PUT, NOBODY) == []
        assert await store.get_setting("name") is None

    database.run(scenario)


def test_a_step_that_finds_nothing_stops_the_steps_behind_it(database: Database) -> None:
    async def scenario(store: Store) -> None:
        assert await executor_of(store).write(NOBODY, PUT) == []
        assert await store.get_setting("name") is None

    database.run(scenario)
