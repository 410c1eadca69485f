"""What a person does with `sqlite3` or `psql` while the server runs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from keyfob_protocol.identifiers import AccountId, ClientId, GrantId
from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.records import GrantKey, Loaded
from support_engines import Database
from support_stored_records import a_grant, a_static_client, an_account, an_instance

KEY = GrantKey(ClientId("instance-1"), GrantId("grant-1"))


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with a status, and how its row is found by hand and by the server."""

    table: str
    condition: str
    load: Callable[[Store], Awaitable[Loaded]]
    of: Callable[[Loaded], object]

    def update(self, what: str) -> str:
        return f"update {self.table} set {what} where {self.condition};"  # noqa: S608 - this file's own words

    def select(self, what: str) -> str:
        return f"select {what} from {self.table} where {self.condition};"  # noqa: S608 - this file's own words


THINGS = {
    "instance": Thing(
        "dynamically_registered_clients",
        "client_id = 'instance-1'",
        lambda store: store.load(client_id=ClientId("instance-1")),
        lambda loaded: loaded.client,
    ),
    "static client": Thing(
        "clients",
        "client_id = 'registration-client'",
        lambda store: store.load(client_id=ClientId("registration-client")),
        lambda loaded: loaded.client,
    ),
    "account": Thing(
        "accounts",
        "user_name = 'anna'",
        lambda store: store.load(account_id=AccountId("account-of-anna")),
        lambda loaded: loaded.account,
    ),
    "grant": Thing(
        "delegations",
        "client_id = 'instance-1' and id = 'grant-1'",
        lambda store: store.load(grant=KEY),
        lambda loaded: loaded.grant,
    ),
}


async def _fill(store: Store) -> None:
    await store.add_account(an_account(), password_hash="hash")
    await store.put_static_client(a_static_client(), now=1000)
    await store.add_instance(an_instance())
    await store.add_grant(a_grant())


async def _state(store: Store, thing: Thing) -> tuple[str, int]:
    found = thing.of(await thing.load(store))
    return getattr(found, "status", ""), getattr(found, "generation", 0)


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS)
def test_a_status_changed_by_hand_acts_at_the_next_read_and_raises_the_generation(
    database: Database, thing: Thing
) -> None:
    async def scenario(store: Store) -> list[tuple[str, int]]:
        await _fill(store)
        seen = [await _state(store, thing)]
        with database.engine.shell(database.url) as shell:
            for status in ("inactive", "active", "active", "on holiday"):
                assert shell.say(thing.update(f"status = '{status}'")) == []
                seen.append(await _state(store, thing))
        return seen

    assert database.run(scenario) == [
        ("active", 1),
        ("inactive", 2),
        ("active", 3),
        ("active", 3),
        ("on holiday", 4),
    ]


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS)
def test_a_hand_that_raises_the_generation_itself_is_taken_at_its_word(database: Database, thing: Thing) -> None:
    async def scenario(store: Store) -> tuple[str, int]:
        await _fill(store)
        with database.engine.shell(database.url) as shell:
            assert shell.say(thing.update("status = 'inactive', generation = generation + 5")) == []
        return await _state(store, thing)

    assert database.run(scenario) == ("inactive", 6)


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS)
def test_a_change_by_hand_leaves_its_time_in_the_row(database: Database, thing: Thing) -> None:
    age = thing.select("case when updated > 1000 then 1 else 0 end")

    async def scenario(store: Store) -> list[str]:
        await _fill(store)
        with database.engine.shell(database.url) as shell:
            before = shell.say(age)
            shell.say(thing.update("status = 'inactive'"))
            return before + shell.say(age)

    assert database.run(scenario, lambda: 1000) == ["0", "1"]


def test_the_query_of_the_tutorial_names_client_user_and_status(database: Database) -> None:
    async def scenario(store: Store) -> list[str]:
        await _fill(store)
        with database.engine.shell(database.url) as shell:
            return shell.say("select client_id, authenticated_user, status from dynamically_registered_clients;")

    assert database.run(scenario) == ["instance-1|anna|active"]


def test_a_summary_says_that_the_status_was_changed_in_the_database(database: Database) -> None:
    async def scenario(store: Store) -> tuple[str, str]:
        await _fill(store)
        await store.set_instance_status(ClientId("instance-1"), "inactive", act=Act("ben", "lost"))
        with database.engine.shell(database.url) as shell:
            shell.say("update dynamically_registered_clients set status = 'active';")
        found = await store.find_instance(ClientId("instance-1"))
        assert found is not None
        return found.status_by, found.status_reason

    assert database.run(scenario) == ("database", "")


def test_one_update_by_hand_reaches_every_row_that_it_names(database: Database) -> None:
    async def scenario(store: Store) -> list[int]:
        for number in range(5):
            await store.add_instance(an_instance(f"i{number}", owner="anna" if number % 2 else "ben"))
        with database.engine.shell(database.url) as shell:
            shell.say(
                "update dynamically_registered_clients set status = 'inactive' where authenticated_user = 'anna';"
            )
        clients = [(await store.load(client_id=ClientId(f"i{number}"))).client for number in range(5)]
        return [client.generation for client in clients if client]

    assert database.run(scenario) == [1, 2, 1, 2, 1]


def test_a_shell_that_is_killed_in_the_middle_of_its_transaction_leaves_nothing(database: Database) -> None:
    async def scenario(store: Store) -> tuple[str, int]:
        await _fill(store)
        shell_text = "begin; update dynamically_registered_clients set status = 'inactive';"
        with database.engine.shell(database.url) as shell:
            assert shell.say(shell_text) == []
        assert await store.add_grant(a_grant("after"))
        return await _state(store, THINGS["instance"])

    assert database.run(scenario) == ("active", 1)


def test_a_document_that_a_hand_made_unreadable_is_refused_and_can_still_be_switched_off(database: Database) -> None:
    async def scenario(store: Store) -> None:
        await _fill(store)
        with database.engine.shell(database.url) as shell:
            shell.say("update dynamically_registered_clients set attributes = '{';")
        with pytest.raises(StorageUnavailable, match="cannot be read"):
            await store.load(client_id=ClientId("instance-1"))
        assert [found.client_id for found in await store.list_instances()] == ["instance-1"]
        assert await store.set_instance_status(ClientId("instance-1"), "revoked", act=Act("ben", "broken"))

    database.run(scenario)
