"""The verbs over instances."""

from dataclasses import replace

from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act, InstanceChange
from keyfob_server.rules.records import Client, GrantKey
from keyfob_server.rules.summaries import InstanceSummary
from support_engines import Database
from support_stored_records import a_grant, an_account, an_instance

ID = ClientId("instance-1")


async def _instance(store: Store) -> Client:
    client = (await store.load(client_id=ID)).client
    assert client is not None
    return client


def test_f3_an_instance_id_is_taken_once_and_the_loser_changes_nothing(database: Database) -> None:
    async def scenario(store: Store) -> str:
        assert await store.add_instance(an_instance())
        assert not await store.add_instance(replace(an_instance(owner="ben"), secret_hash="other"))
        return (await _instance(store)).secret_hash

    assert database.run(scenario) == "hash-of-secret"


def test_a_summary_tells_whose_it_is_and_what_it_said_of_itself(database: Database) -> None:
    async def scenario(store: Store) -> InstanceSummary | None:
        await store.add_instance(an_instance())
        return await store.find_instance(ID)

    assert database.run(scenario) == InstanceSummary(
        client_id=ID,
        client_name="Demo App",
        instance_name="Anna's phone",
        instance_platform="ios",
        user_name="anna",
        status="active",
        status_reason="",
        status_by="",
        status_at=None,
        template="",
        initial_client="registration-client",
        scope="openid profile",
        created=1000,
        updated=1000,
        last_used=None,
    )


def test_last_use_is_the_newest_sign_in_or_refresh_and_never_the_initial_token(database: Database) -> None:
    async def scenario(store: Store) -> list[int | None]:
        seen: list[int | None] = []

        async def note() -> None:
            found = await store.find_instance(ID)
            assert found is not None
            seen.append(found.last_used)

        assert await store.add_grant(a_grant("initial", scope=("dcr",), created=500))
        await store.add_instance(an_instance())
        await note()
        await store.add_grant(a_grant("g1", created=2000))
        await note()
        await store.rotate_grant(GrantKey(ID, GrantId("g1")), presented=0, generation=1, now=3000)
        await note()
        await store.add_grant(a_grant("g2", created=2500))
        await note()
        return seen

    assert database.run(scenario) == [None, 2000, 3000, 3000]


def test_every_change_of_status_raises_the_generation_and_keeps_who_when_and_why(database: Database) -> None:
    async def scenario(store: Store) -> list[tuple[str, int, str, str, int | None]]:
        await store.add_instance(an_instance())
        seen = []
        for status, by, reason in (
            ("inactive", "ben", "lost"),
            ("active", "cleo", "found"),
            ("revoked", "ben", "sold"),
        ):
            assert await store.set_instance_status(ID, status, act=Act(by, reason))
            client, summary = await _instance(store), await store.find_instance(ID)
            assert summary is not None
            assert summary.status == client.status
            seen.append((client.status, client.generation, summary.status_by, summary.status_reason, summary.status_at))
        return seen

    assert database.run(scenario, lambda: 4711) == [
        ("inactive", 2, "ben", "lost", 4711),
        ("active", 3, "cleo", "found", 4711),
        ("revoked", 4, "ben", "sold", 4711),
    ]


def test_a_revoked_instance_stays_revoked(database: Database) -> None:
    async def scenario(store: Store) -> tuple[list[InstanceChange | None], Client]:
        await store.add_instance(an_instance())
        await store.set_instance_status(ID, "revoked", act=Act("ben", "sold"))
        tried = [
            await store.set_instance_status(ID, status, act=Act("x", "x"))
            for status in ("active", "inactive", "revoked")
        ]
        return tried, await _instance(store)

    tried, client = database.run(scenario)
    assert tried == [None, None, None]
    assert (client.status, client.generation) == ("revoked", 2)


def test_an_unknown_instance_has_neither_summary_nor_status(database: Database) -> None:
    async def scenario(store: Store) -> None:
        assert await store.find_instance(ID) is None
        assert not await store.set_instance_status(ID, "active", act=Act("x", "x"))

    database.run(scenario)


def test_instances_are_listed_by_id_page_after_page(database: Database) -> None:
    async def scenario(store: Store) -> list[list[str]]:
        await store.add_account(an_account("anna"), password_hash="h")
        await store.add_account(an_account("ben"), password_hash="h")
        for number in range(5):
            await store.add_instance(an_instance(f"i{number}", owner="ben" if number == 2 else "anna"))
        return [
            [found.client_id for found in page]
            for page in (
                await store.list_instances(),
                await store.list_instances(limit=2),
                await store.list_instances(after="i1", limit=2),
                await store.list_instances(after="i4"),
                await store.list_instances(user_name="anna", limit=3),
                await store.list_instances(user_name="anna", after="i3"),
                await store.list_instances(user_name="ben"),
                await store.list_instances(user_name="nobody"),
                await store.list_instances(limit=0),
                await store.list_instances(limit=-1),
            )
        ]

    assert database.run(scenario) == [
        ["i0", "i1", "i2", "i3", "i4"],
        ["i0", "i1"],
        ["i2", "i3"],
        [],
        ["i0", "i1", "i3"],
        ["i4"],
        ["i2"],
        [],
        [],
        [],
    ]
