"""Static clients in the database: whoever changes one says what they saw, and leaves a row."""

from dataclasses import replace

from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.static_clients import StoredClient
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import RETIRED
from support_engines import Database
from support_stored_records import a_static_client

ACT = Act("command line: anna", "a try")
PLAIN = replace(a_static_client(), settings=ClientSettings())


async def found(store: Store) -> StoredClient:
    stored = await store.static_clients.find_client(PLAIN.client_id)
    assert stored is not None
    return stored


def test_a_client_is_read_as_it_was_put_and_as_requests_load_it(database: Database) -> None:
    async def scenario(store: Store) -> None:
        assert await store.static_clients.put_client(PLAIN, seen=None, ends_tokens=False, act=ACT)
        stored = await found(store)
        assert stored.client == replace(PLAIN, generation=1)
        assert stored.client == (await store.load(client_id=PLAIN.client_id)).client
        assert stored.created == stored.updated
        assert await store.static_clients.find_client(ClientId("nobody")) is None

    database.run(scenario)


def test_a_change_raises_the_generation_only_when_it_ends_something(database: Database) -> None:
    async def scenario(store: Store) -> list[int]:
        clients, generations = store.static_clients, []
        await clients.put_client(PLAIN, seen=None, ends_tokens=True, act=ACT)
        for ends in (False, True, False):
            seen = await found(store)
            generations.append(seen.client.generation)
            secret = replace(PLAIN, secret_hash=f"hash {len(generations)}")
            assert await clients.put_client(secret, seen=seen, ends_tokens=ends, act=ACT)
        return [*generations, (await found(store)).client.generation]

    assert database.run(scenario) == [1, 1, 2, 2]


def test_a_change_of_what_is_not_there_any_more_changes_nothing_and_leaves_no_row(database: Database) -> None:
    async def scenario(store: Store) -> int:
        clients = store.static_clients
        assert await clients.put_client(PLAIN, seen=None, ends_tokens=False, act=ACT)
        seen = await found(store)
        wider = replace(PLAIN, metadata=replace(PLAIN.metadata, scope=("openid", "email")))
        assert await clients.put_client(wider, seen=seen, ends_tokens=False, act=ACT)
        assert not await clients.put_client(PLAIN, seen=seen, ends_tokens=False, act=ACT)
        assert not await clients.put_client(PLAIN, seen=None, ends_tokens=False, act=ACT)
        assert (await found(store)).client.metadata == wider.metadata
        return len(await store.audit.list_audit_of("client", PLAIN.client_id))

    assert database.run(scenario) == 2


def test_the_audit_says_what_became_of_a_client(database: Database) -> None:
    async def scenario(store: Store) -> list[tuple[str, str, str]]:
        clients = store.static_clients
        named = replace(PLAIN, metadata=replace(PLAIN.metadata, application_type="web"))
        steps = (PLAIN, named, replace(named, secret_hash="other"), replace(named, status=RETIRED), named)
        for number, client in enumerate(steps):
            seen = await found(store) if number else None
            assert await clients.put_client(client, seen=seen, ends_tokens=False, act=ACT)
        rows = await store.audit.list_audit_of("client", PLAIN.client_id)
        return [(row.event, row.before, row.after) for row in reversed(rows)]

    assert database.run(scenario) == [
        ("client.added", "", "active"),
        ("client.changed", "", "application_type"),
        ("client.secret_rotated", "", ""),
        ("client.removed", "active", "retired"),
        ("client.added", "retired", "active"),
    ]


def test_clients_are_listed_by_id_in_pages(database: Database) -> None:
    async def scenario(store: Store) -> list[list[str]]:
        for name in ("b", "c", "a"):
            client = replace(PLAIN, client_id=ClientId(name))
            await store.static_clients.put_client(client, seen=None, ends_tokens=False, act=ACT)
        pages = [await store.static_clients.list_clients(limit=2), await store.static_clients.list_clients(after="b")]
        return [[one.client.client_id for one in page] for page in pages]

    assert database.run(scenario) == [["a", "b"], ["c"]]


def test_a_start_switches_off_what_the_settings_named_and_never_what_a_document_made(database: Database) -> None:
    async def scenario(store: Store) -> dict[str, str]:
        for name, named in (("document", False), ("settings", True), ("kept", True)):
            settings = ClientSettings(registration_client=True, named_by_settings=named)
            client = replace(PLAIN, client_id=ClientId(name), settings=settings)
            await store.static_clients.put_client(client, seen=None, ends_tokens=False, act=ACT)
        await store.retire_registration_clients(but=ClientId("kept"))
        return {one.client.client_id: one.client.status for one in await store.static_clients.list_clients()}

    assert database.run(scenario) == {"document": "active", "settings": "retired", "kept": "active"}
