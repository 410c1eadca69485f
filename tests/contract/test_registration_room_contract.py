"""What is known before a registration is the same as what it is judged by when it comes."""

from dataclasses import replace

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.initial_token_records import OwnerCounts
from support_clock import Clock
from support_engines import Database
from support_stored_records import a_grant, an_instance

ANNA, BEN = AccountId("account-of-anna"), AccountId("account-of-ben")
ACT = Act("owner", "why", "192.0.2.7")
DAY = 86400
A, B, NEVER = ClientId("a"), ClientId("b"), ClientId("never")
METADATA = ClientMetadata(redirect_uris=("com.example.app:/cb",), scope=("openid",), names={"client_name": "App"})


async def _add(store: Store, name: str, template: ClientId | None, *, created: int, owner: str = "anna") -> None:
    assert await store.add_instance(replace(an_instance(name, owner=owner, created=created), template=template))


async def _judged_by(store: Store, owner: AccountId, template: ClientId | None) -> OwnerCounts:
    facts = await store.initial_tokens.load_for_registration(
        client_id=None, account_id=owner, grant=None, token_id="", template_id=template, reserved=None
    )
    return facts.templated if template else facts.plain


def test_f21_the_page_counts_as_the_registration_does(database: Database) -> None:
    clock = Clock()
    now = clock()

    async def scenario(store: Store) -> None:
        for number, age in enumerate((0, 10, DAY - 1, DAY, 2 * DAY)):
            await _add(store, f"plain-{number}", None, created=now - age)
            await _add(store, f"a-{number}", A, created=now - age - 5)
        await _add(store, "b-1", B, created=now - 3 * DAY)
        await _add(store, "of-ben", A, created=now, owner="ben")
        for name, status in (("plain-0", "revoked"), ("plain-4", "inactive"), ("a-1", "deleted"), ("a-2", "expired")):
            assert await store.set_instance_status(ClientId(name), status, act=ACT)
        counted = await store.registration_room.count_instances(ANNA, limit=10)
        assert counted == {
            None: OwnerCounts(4, 3, now - DAY + 1),
            A: OwnerCounts(3, 2, now - 15),
            B: OwnerCounts(1, 0, 0),
        }
        for template in (None, A, B):
            assert await _judged_by(store, ANNA, template) == counted[template]
        assert await store.registration_room.count_instances(ANNA, limit=1) == {None: counted[None]}
        assert await store.registration_room.count_instances(BEN, limit=10) == {A: OwnerCounts(1, 1, now)}
        assert await store.registration_room.count_instances(AccountId(""), limit=10) == {}

    database.run(scenario, clock)


def test_active_templates_are_listed_up_to_a_limit(database: Database) -> None:
    async def scenario(store: Store) -> None:
        for name in (B, A, NEVER):
            assert await store.templates.put_template(
                name, METADATA, ClientSettings(), seen=0, ends_grants=False, act=ACT
            )
        assert await store.templates.set_template_status(NEVER, "inactive", act=ACT)
        assert await store.registration_room.list_open_templates(limit=5) == [A, B]
        assert await store.registration_room.list_open_templates(limit=1) == [A]

    database.run(scenario)


def test_the_one_unused_for_longest_is_listed_first_and_nobody_elses(database: Database) -> None:
    async def scenario(store: Store) -> None:
        room = store.registration_room
        for name, created in (("new", 5000), ("old", 2000), ("used", 1000), ("over", 500), ("by-dcr", 3000)):
            await _add(store, name, None, created=created)
        await _add(store, "of-a", A, created=1)
        await _add(store, "of-ben", None, created=1, owner="ben")
        assert await store.set_instance_status(ClientId("over"), "revoked", act=ACT)
        assert await store.set_instance_status(ClientId("old"), "inactive", act=ACT)
        assert await store.add_grant(a_grant("g-1", client_id="used", created=6000, session_id="s"))
        # the grant by which something was registered is no use of it
        assert await store.add_grant(a_grant("g-2", client_id="by-dcr", created=9000, scope=("dcr",)))
        found = await room.list_longest_unused(ANNA, None, session_id=SessionId("s"), limit=9)
        assert [one.client_id for one in found] == ["old", "by-dcr", "new", "used"]
        assert [one.here for one in found] == [False, False, False, True]
        assert [one.unused_since for one in found] == [2000, 3000, 5000, 6000]
        (first,) = await room.list_longest_unused(ANNA, None, session_id=None, limit=1)
        assert first == await store.devices.find_device(ANNA, ClientId("old"))
        assert [one.client_id for one in await room.list_longest_unused(ANNA, A, session_id=None, limit=9)] == ["of-a"]
        assert await room.list_longest_unused(AccountId(""), None, session_id=None, limit=9) == []

    database.run(scenario)
