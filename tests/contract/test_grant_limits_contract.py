"""A person's grants at one client, kept few."""

from dataclasses import replace

from keyfob_protocol.identifiers import AccountId, ClientId, GrantId
from keyfob_server.ports.grant_limits import GrantLimitStore
from keyfob_server.ports.storage import Store
from keyfob_server.rules.records import GrantKey
from support_engines import Database
from support_stored_records import a_grant

CLIENT, ANNA = ClientId("instance-1"), AccountId("account-of-anna")


async def _live(store: Store, names: list[str]) -> list[str]:
    keys = [GrantKey(CLIENT, GrantId(name)) for name in names]
    grants = [(await store.load(grant=key)).grant for key in keys]
    return [grant.key.id for grant in grants if grant and grant.status == "active"]


def test_e11_the_newest_stay_and_the_rest_is_revoked_once(database: Database) -> None:
    names = [f"g{number:02}" for number in range(12)]

    async def scenario(store: Store) -> tuple[list[int], list[str]]:
        limits: GrantLimitStore = store.grant_limits
        for name in names:
            await store.add_grant(a_grant(name))
        revoked = [await limits.revoke_surplus_grants(CLIENT, ANNA, keep=10, reason="r") for _ in range(2)]
        return revoked, await _live(store, names)

    assert database.run(scenario) == ([2, 0], names[2:])


def test_e11_dead_grants_other_people_s_other_clients_and_initial_tokens_count_for_nothing(database: Database) -> None:
    async def scenario(store: Store) -> tuple[int, list[str]]:
        names = ["a", "b", "c", "d"]
        await store.add_grant(a_grant("a"))
        await store.add_grant(replace(a_grant("b"), account_id=AccountId("ben")))
        await store.add_grant(a_grant("c", scope=("dcr",)))
        await store.add_grant(a_grant("d"))
        await store.add_grant(a_grant("e", client_id="instance-2"))
        await store.revoke_grant(GrantKey(CLIENT, GrantId("d")), reason="x")
        revoked = await store.grant_limits.revoke_surplus_grants(CLIENT, ANNA, keep=1, reason="r")
        return revoked, await _live(store, names)

    assert database.run(scenario) == (0, ["a", "b", "c"])


def test_e11_of_a_flood_a_thousand_are_revoked_at_once(database: Database) -> None:
    names = [f"g{number:04}" for number in range(1015)]

    async def scenario(store: Store) -> tuple[int, int]:
        for name in names:
            await store.add_grant(a_grant(name))
        revoked = await store.grant_limits.revoke_surplus_grants(CLIENT, ANNA, keep=10, reason="r")
        return revoked, len(await _live(store, names))

    assert database.run(scenario) == (1000, 15)
