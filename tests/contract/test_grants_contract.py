"""The verbs over grants: single use by key, one conditional update for each change."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.records import Grant, GrantKey
from support_engines import Database
from support_stored_records import a_grant

KEY = GrantKey(ClientId("instance-1"), GrantId("grant-1"))


async def _grant(store: Store) -> Grant:
    grant = (await store.load(grant=KEY)).grant
    assert grant is not None
    return grant


def test_a_grant_comes_back_as_it_was_added(database: Database) -> None:
    whole = replace(a_grant(session_id="session-1"), refresh_counter=3, access_generation=7)

    async def scenario(store: Store) -> Grant:
        assert await store.add_grant(whole)
        return await _grant(store)

    assert database.run(scenario) == whole


def test_a_second_grant_under_the_same_key_is_refused_and_changes_nothing(database: Database) -> None:
    async def scenario(store: Store) -> Grant:
        assert await store.add_grant(a_grant())
        assert not await store.add_grant(replace(a_grant(scope=("admin",)), salt=bytes(16)))
        return await _grant(store)

    assert database.run(scenario) == a_grant()


def test_the_same_code_id_under_another_client_is_another_grant(database: Database) -> None:
    async def scenario(store: Store) -> None:
        assert await store.add_grant(a_grant())
        assert await store.add_grant(a_grant(client_id="instance-2"))

    database.run(scenario)


def test_rotation_raises_the_counter_and_notes_when(database: Database) -> None:
    async def scenario(store: Store) -> Grant:
        await store.add_grant(a_grant())
        assert await store.rotate_grant(KEY, presented=0, generation=1, now=1234)
        return await _grant(store)

    assert database.run(scenario) == replace(a_grant(), refresh_counter=1, rotated_at=1234)


@pytest.mark.parametrize(("presented", "generation"), [(1, 1), (-1, 1), (0, 2), (0, 0)])
def test_rotation_from_anything_but_the_present_state_changes_nothing(
    database: Database, presented: int, generation: int
) -> None:
    async def scenario(store: Store) -> Grant:
        await store.add_grant(a_grant())
        assert not await store.rotate_grant(KEY, presented=presented, generation=generation, now=1234)
        return await _grant(store)

    assert database.run(scenario) == a_grant()


def test_a_revoked_grant_rotates_no_more(database: Database) -> None:
    async def scenario(store: Store) -> Grant:
        await store.add_grant(a_grant())
        assert await store.revoke_grant(KEY, reason="reused")
        assert not await store.rotate_grant(KEY, presented=0, generation=1, now=1234)
        assert not await store.rotate_grant(KEY, presented=0, generation=2, now=1234)
        return await _grant(store)

    assert database.run(scenario) == replace(a_grant(), status="revoked", generation=2)


def test_a_grant_is_revoked_once(database: Database) -> None:
    async def scenario(store: Store) -> list[bool]:
        await store.add_grant(a_grant())
        return [await store.revoke_grant(KEY, reason="signed out") for _ in range(2)]

    assert database.run(scenario) == [True, False]


def test_a_conditional_revocation_needs_the_counter_that_was_judged(database: Database) -> None:
    async def scenario(store: Store) -> list[bool]:
        await store.add_grant(a_grant())
        await store.rotate_grant(KEY, presented=0, generation=1, now=1234)
        return [await store.revoke_grant(KEY, reason="old", refresh_counter=counter) for counter in (0, 2, 1)]

    assert database.run(scenario) == [False, False, True]


def test_a_grant_that_does_not_exist_can_be_neither_rotated_nor_revoked(database: Database) -> None:
    async def scenario(store: Store) -> None:
        assert not await store.rotate_grant(KEY, presented=0, generation=1, now=1)
        assert not await store.revoke_grant(KEY, reason="old")
        assert (await store.load(grant=KEY)).grant is None

    database.run(scenario)
