"""The one statement that every decision is made on."""

import pytest

from keyfob_protocol.identifiers import AccountId, ClientId, GrantId, SessionId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.records import Client, GrantKey, Loaded
from support_engines import Database, open_store
from support_stored_records import METADATA, a_grant, a_session, a_static_client, an_account, an_instance

KEY = GrantKey(ClientId("instance-1"), GrantId("grant-1"))


async def _fill(store: Store) -> None:
    for user_name in ("anna", "ben", "cleo"):
        assert await store.add_account(an_account(user_name), password_hash="hash")
    await store.put_static_client(a_static_client(), now=1000)
    assert await store.add_instance(an_instance())
    assert await store.add_grant(a_grant())
    await store.add_session(a_session(user_name="ben"))


def test_loading_nothing_brings_the_time_alone(database: Database) -> None:
    async def scenario(store: Store) -> Loaded:
        await _fill(store)
        return await store.load()

    assert database.run(scenario, lambda: 4711) == Loaded(now=4711)


def test_what_does_not_exist_is_absent(database: Database) -> None:
    async def scenario(store: Store) -> Loaded:
        return await store.load(
            client_id=ClientId("x"), account_id=AccountId("x"), grant=KEY, session_id=SessionId("x")
        )

    assert database.run(scenario, lambda: 4711) == Loaded(now=4711)


def test_an_instance_is_loaded_with_everything_that_was_registered(database: Database) -> None:
    async def scenario(store: Store) -> Loaded:
        await _fill(store)
        return await store.load(client_id=ClientId("instance-1"))

    assert database.run(scenario).client == Client(
        client_id=ClientId("instance-1"),
        kind="instance",
        status="active",
        generation=1,
        metadata=METADATA,
        secret_hash="hash-of-secret",
        secret_expires_at=0,
        owner=AccountId("account-of-anna"),
    )


def test_a_static_client_is_loaded_as_it_was_put(database: Database) -> None:
    async def scenario(store: Store) -> Loaded:
        await _fill(store)
        return await store.load(client_id=ClientId("registration-client"))

    assert database.run(scenario).client == a_static_client()


def test_client_grant_session_and_account_come_together(database: Database) -> None:
    async def scenario(store: Store) -> Loaded:
        await _fill(store)
        return await store.load(
            client_id=ClientId("registration-client"),
            account_id=AccountId("account-of-cleo"),
            grant=KEY,
            session_id=SessionId("session-1"),
        )

    assert database.run(scenario, lambda: 77) == Loaded(
        now=77,
        client=a_static_client(),
        account=an_account("cleo"),
        grant=a_grant(),
        session=a_session(user_name="ben"),
    )


@pytest.mark.parametrize(
    ("account_id", "session_id", "grant", "expected"),
    [
        ("account-of-cleo", "session-1", KEY, "cleo"),
        (None, "session-1", KEY, "ben"),
        (None, None, KEY, "anna"),
        (None, "unknown", KEY, "anna"),
        ("account-of-cleo", None, None, "cleo"),
    ],
)
def test_the_account_is_the_given_one_else_the_sessions_else_the_grants(
    database: Database, account_id: str | None, session_id: str | None, grant: GrantKey | None, expected: str
) -> None:
    async def scenario(store: Store) -> Loaded:
        await _fill(store)
        return await store.load(
            account_id=AccountId(account_id) if account_id else None,
            session_id=SessionId(session_id) if session_id else None,
            grant=grant,
        )

    assert database.run(scenario).account == an_account(expected)


def test_a_given_account_that_does_not_exist_is_not_replaced_by_another(database: Database) -> None:
    async def scenario(store: Store) -> Loaded:
        await _fill(store)
        return await store.load(account_id=AccountId("unknown"), grant=KEY)

    assert database.run(scenario).account is None


def test_ids_are_compared_exactly(database: Database) -> None:
    async def scenario(store: Store) -> list[Loaded]:
        await _fill(store)
        return [await store.load(client_id=ClientId(text)) for text in ("INSTANCE-1", "instance-1 ", "instance_1", "")]

    assert [loaded.client for loaded in database.run(scenario)] == [None] * 4


def test_a_write_is_seen_by_the_very_next_read_of_another_opening(database: Database) -> None:
    async def scenario(store: Store) -> None:
        other = await open_store(database.url)
        try:
            for number in range(20):
                assert await store.add_grant(a_grant(f"g{number}"))
                key = GrantKey(ClientId("instance-1"), GrantId(f"g{number}"))
                assert (await other.load(grant=key)).grant == a_grant(f"g{number}")
        finally:
            await other.close()

    database.run(scenario)
