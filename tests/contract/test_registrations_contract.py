"""The verbs over a registration's own management: each conditional on what was judged."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.records import Client, LoadedRegistration, Registration, RotatingSecret
from support_engines import Database
from support_stored_records import METADATA, a_grant, a_static_client, an_account, an_instance

ID = ClientId("instance-1")
NEW = RotatingSecret("new", 7, "old", 8)
OTHER = replace(METADATA, redirect_uris=("io.example:/x",), scope=("openid",), grant_types=("authorization_code",))


async def _fill(store: Store) -> Registration:
    assert await store.add_account(an_account("anna"), password_hash="hash")
    assert await store.add_instance(an_instance())
    assert await store.add_instance(an_instance("instance-2"))
    return await _seen(store)


async def _seen(store: Store, client_id: ClientId = ID) -> Registration:
    found = (await store.load_registration(client_id)).registration
    assert found is not None
    return found


def test_a_registration_is_loaded_with_its_token_and_its_owners_status(database: Database) -> None:
    async def scenario(store: Store) -> tuple[LoadedRegistration, Client | None, Registration]:
        await _fill(store)
        loaded, client = await store.load_registration(ID), (await store.load(client_id=ID)).client
        await store.set_account_status("anna", "disabled")
        return loaded, client, await _seen(store)

    loaded, client, later = database.run(scenario, lambda: 4711)
    assert client is not None
    token = RotatingSecret("hash-of-registration-token", 9000)
    assert loaded == LoadedRegistration(4711, Registration(client, token, 1000, "active"))
    assert later == Registration(client, token, 1000, "disabled")


def test_neither_an_unknown_nor_a_static_client_is_a_registration(database: Database) -> None:
    async def scenario(store: Store) -> list[LoadedRegistration]:
        await store.put_static_client(a_static_client(), now=1)
        return [await store.load_registration(ClientId(name)) for name in ("nobody", "registration-client", "")]

    assert database.run(scenario, lambda: 5) == [LoadedRegistration(5, None)] * 3


def test_a_registration_whose_owner_is_gone_says_so(database: Database) -> None:
    async def scenario(store: Store) -> str:
        await store.add_instance(an_instance(owner="nobody"))
        return (await _seen(store)).owner_status

    assert database.run(scenario) == ""


def test_the_use_of_the_present_token_moves_its_end_and_ends_the_one_before(database: Database) -> None:
    async def scenario(store: Store) -> Registration:
        assert await store.replace_registration(await _fill(store), METADATA, NEW, ends_grants=False)
        assert await store.use_registration_token(ID, token_hash="new", expires_at=99)
        return await _seen(store)

    assert database.run(scenario).token == RotatingSecret("new", 99)


@pytest.mark.parametrize(("token_hash", "status"), [("other", "active"), ("hash-of-registration-token", "inactive")])
def test_the_use_of_another_token_or_of_a_dead_registration_changes_nothing(
    database: Database, token_hash: str, status: str
) -> None:
    async def scenario(store: Store) -> None:
        await _fill(store)
        await store.set_instance_status(ID, status, act=Act("x", "x"))
        before = await _seen(store)
        assert not await store.use_registration_token(ID, token_hash=token_hash, expires_at=99)
        assert await _seen(store) == before

    database.run(scenario)


@pytest.mark.parametrize(("ends_grants", "generation"), [(False, 1), (True, 2)])
def test_an_update_replaces_metadata_and_token_and_ends_grants_when_told(
    database: Database, *, ends_grants: bool, generation: int
) -> None:
    async def scenario(store: Store) -> tuple[Registration, Registration]:
        seen = await _fill(store)
        assert await store.replace_registration(seen, OTHER, NEW, ends_grants=ends_grants)
        return await _seen(store), await _seen(store, ClientId("instance-2"))

    changed, other = database.run(scenario)
    assert (changed.client.metadata, changed.token, changed.client.generation) == (OTHER, NEW, generation)
    assert changed.client.secret_hash == "hash-of-secret"
    assert (other.client.metadata, other.client.generation) == (METADATA, 1)


def test_a_rotation_replaces_the_secret_alone_and_every_load_brings_both(database: Database) -> None:
    async def scenario(store: Store) -> tuple[Registration, Client | None, Registration]:
        seen = await _fill(store)
        assert await store.rotate_secret(seen.client, NEW)
        return await _seen(store), (await store.load(client_id=ID)).client, seen

    changed, client, seen = database.run(scenario)
    assert client == changed.client
    assert client is not None
    assert client.secret == NEW
    assert (changed.token, client.generation) == (seen.token, 1)


def test_the_secret_before_is_retired_by_the_use_of_the_present_one_and_once(database: Database) -> None:
    async def scenario(store: Store) -> tuple[list[bool], Client]:
        await store.rotate_secret((await _fill(store)).client, NEW)
        tried = [await store.retire_previous_secret(ID, secret_hash=text) for text in ("old", "new", "new")]
        return tried, (await _seen(store)).client

    tried, client = database.run(scenario)
    assert tried == [False, True, False]
    assert client.secret == RotatingSecret("new", 7)


@pytest.mark.parametrize("status", ["inactive", "revoked"])
def test_what_was_judged_before_a_change_of_status_replaces_and_rotates_nothing(
    database: Database, status: str
) -> None:
    async def scenario(store: Store) -> None:
        seen = await _fill(store)
        await store.set_instance_status(ID, status, act=Act("x", "x"))
        before = await _seen(store)
        again = replace(seen, client=replace(seen.client, generation=before.client.generation))
        for judged in (seen, again):
            assert not await store.replace_registration(judged, OTHER, NEW, ends_grants=True)
            assert not await store.rotate_secret(judged.client, NEW)
        assert await _seen(store) == before

    database.run(scenario)


def test_what_was_judged_before_another_rotation_changes_nothing(database: Database) -> None:
    async def scenario(store: Store) -> tuple[Registration, Registration]:
        seen = await _fill(store)
        assert await store.replace_registration(seen, METADATA, NEW, ends_grants=False)
        assert await store.rotate_secret(seen.client, NEW)
        between = await _seen(store)
        assert not await store.replace_registration(seen, OTHER, RotatingSecret("x", 1), ends_grants=False)
        assert not await store.rotate_secret(seen.client, RotatingSecret("x", 1))
        return between, await _seen(store)

    between, after = database.run(scenario)
    assert between == after


def test_what_was_judged_before_the_first_use_of_a_new_credential_does_not_bring_the_one_before_back(
    database: Database,
) -> None:
    async def scenario(store: Store) -> tuple[Registration, Registration]:
        first = await _fill(store)
        assert await store.replace_registration(first, METADATA, NEW, ends_grants=False)
        assert await store.rotate_secret(first.client, NEW)
        seen = await _seen(store)
        assert await store.use_registration_token(ID, token_hash="new", expires_at=99)
        assert await store.retire_previous_secret(ID, secret_hash="new")
        used = await _seen(store)
        assert not await store.replace_registration(seen, OTHER, RotatingSecret("x", 1, "old", 8), ends_grants=False)
        assert not await store.rotate_secret(seen.client, RotatingSecret("x", 1, "old", 8))
        return used, await _seen(store)

    used, after = database.run(scenario)
    assert (used.token.previous_hash, used.client.previous_secret_hash) == ("", "")
    assert after == used


@pytest.mark.parametrize(
    ("status", "deleted"),
    [("active", True), ("inactive", True), ("revoked", False), ("deleted", False), ("expired", False)],
)
def test_a_deletion_leaves_a_tombstone_once_and_no_change_of_status_wakes_it(
    database: Database, status: str, *, deleted: bool
) -> None:
    async def scenario(store: Store) -> tuple[bool, Registration]:
        before = await _fill(store)
        await store.set_instance_status(ID, status, act=Act("x", "x"))
        done = await store.set_instance_status(ID, "deleted", tombstone=OTHER, act=Act("app", "gone"))
        assert not await store.set_instance_status(ID, "deleted", tombstone=METADATA, act=Act("app", "again"))
        assert not await store.set_instance_status(ID, "active", act=Act("x", "x"))
        after = await _seen(store)
        assert after.client.generation > before.client.generation
        return done is not None, after

    done, after = database.run(scenario)
    assert done is deleted
    assert after.client.status == ("deleted" if deleted else status)
    assert after.client.metadata == (OTHER if deleted else METADATA)
    assert after.token.hash == "hash-of-registration-token"


def test_access_is_revoked_from_the_generation_that_was_judged(database: Database) -> None:
    async def scenario(store: Store) -> list[bool]:
        grant = a_grant()
        await store.add_grant(grant)
        tried = [await store.revoke_access(grant.key, access_generation=seen) for seen in (0, 1, 1, 2)]
        loaded = (await store.load(grant=grant.key)).grant
        assert loaded == replace(grant, access_generation=3)
        await store.revoke_grant(grant.key, reason="x")
        return [*tried, await store.revoke_access(grant.key, access_generation=3)]

    assert database.run(scenario) == [False, True, False, True, False]
