"""What owners see of their instances and do with them."""

from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.devices import REMOVED_SHOWN_S
from support_clock import Clock
from support_engines import Database
from support_stored_records import a_session, an_account, an_instance

ANNA, BEN = AccountId("account-of-anna"), AccountId("account-of-ben")
ACT = Act("owner", "why", "192.0.2.7")


async def _ids(store: Store, owner: AccountId, before: str = "", limit: int = 50) -> list[str]:
    return [one.client_id for one in await store.devices.list_devices(owner, before=before, limit=limit)]


def test_an_owner_lists_their_own_newest_first_in_pages(database: Database) -> None:
    async def scenario(store: Store) -> None:
        for number in range(5):
            assert await store.add_instance(an_instance(f"anna-{number}"))
        assert await store.add_instance(an_instance("ben-1", owner="ben"))
        assert await _ids(store, ANNA, limit=3) == ["anna-4", "anna-3", "anna-2"]
        assert await _ids(store, ANNA, before="anna-2") == ["anna-1", "anna-0"]
        assert await _ids(store, BEN) == ["ben-1"]

    database.run(scenario)


def test_another_owners_device_is_neither_found_nor_renamed(database: Database) -> None:
    async def scenario(store: Store) -> None:
        await store.add_instance(an_instance("anna-1"))
        assert await store.devices.find_device(BEN, ClientId("anna-1")) is None
        assert not await store.devices.rename_device(BEN, ClientId("anna-1"), "Mine", act=ACT)
        assert not await store.devices.rename_device(BEN, ClientId("unknown"), "Mine", act=ACT)
        found = await store.devices.find_device(ANNA, ClientId("anna-1"), session_id=SessionId("session-1"))
        assert found is not None
        assert (found.name, found.here) != ("Mine", True)
        assert await store.audit.list_audit() == []

    database.run(scenario)


def test_a_new_name_leaves_the_rest_as_it_was_and_an_audit_row(database: Database) -> None:
    async def scenario(store: Store) -> None:
        await store.add_instance(an_instance("anna-1"))
        before = (await store.load(client_id=ClientId("anna-1"))).client
        assert await store.devices.rename_device(ANNA, ClientId("anna-1"), "New", act=ACT)
        after = (await store.load(client_id=ClientId("anna-1"))).client
        assert before is not None
        assert after is not None
        assert after.metadata.instance_name == "New"
        assert after.metadata.redirect_uris == before.metadata.redirect_uris
        assert after.generation == before.generation

    database.run(scenario)


def test_what_ended_is_listed_for_thirty_days_and_keeps_its_name(database: Database) -> None:
    clock = Clock()

    async def scenario(store: Store) -> None:
        await store.add_instance(an_instance("anna-1"))
        await store.set_instance_status(ClientId("anna-1"), "revoked", act=ACT)
        assert not await store.devices.rename_device(ANNA, ClientId("anna-1"), "New", act=ACT)
        clock.forward(REMOVED_SHOWN_S - 1)
        assert await _ids(store, ANNA) == ["anna-1"]
        clock.forward(2)
        assert await _ids(store, ANNA) == []

    database.run(scenario, clock)


def test_all_other_sign_ins_of_a_person_end_and_nobody_elses(database: Database) -> None:
    async def scenario(store: Store) -> None:
        assert await store.add_account(an_account("anna"), password_hash="hash")
        for number in range(205):
            await store.add_session(a_session(f"anna-{number}"))
        await store.add_session(a_session("ben-1", user_name="ben"))
        end = store.devices.end_other_sessions
        assert await end(ANNA, "anna", SessionId("anna-7"), act=ACT) == 204
        assert await end(ANNA, "anna", SessionId("anna-7"), act=ACT) == 0
        states = {
            name: (await store.load(session_id=SessionId(name))).session for name in ("anna-7", "anna-8", "ben-1")
        }
        assert [session.status for session in states.values() if session] == ["active", "ended", "active"]
        events = [row.event for row in await store.audit.list_audit()]
        assert set(events[1:]) == {"account.signed_out_elsewhere"}

    database.run(scenario)
