"""Templates: their versions, and what every load brings of them."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import Client, GrantKey
from keyfob_server.rules.templates import Template, TemplateLink, TemplateVersion
from support_engines import Database
from support_stored_records import METADATA, a_grant, a_static_client, an_account, an_instance
from support_templates import ACT, APP, SHARED, TEMPLATE, an_instance_of, applied, template

ID = ClientId("instance-1")
SETTINGS = ClientSettings(overridable=("contacts", "client_name", "scope"), minimum_software_version="1.2")


async def _client(store: Store, client_id: ClientId = ID) -> Client:
    client = (await store.load(client_id=client_id)).client
    assert client is not None
    registration = (await store.load_registration(client_id)).registration
    assert registration is not None
    assert registration.client == client
    return client


def test_a_template_is_found_as_it_was_put_and_nothing_else_is(database: Database) -> None:
    async def scenario(store: Store) -> tuple[Template | None, Template | None]:
        await applied(store, template(SETTINGS))
        return await store.templates.find_template(APP), await store.templates.find_template(ClientId("other"))

    assert database.run(scenario) == (Template(APP, "active", 1, 1, SHARED, SETTINGS), None)


def test_templates_are_listed_by_id_page_by_page(database: Database) -> None:
    async def scenario(store: Store) -> list[list[str]]:
        for name in ("c", "a", "b"):
            await applied(store, replace(TEMPLATE, id=ClientId(name), metadata=replace(SHARED, software_id=name)))
        pages = [await store.templates.list_templates(limit=2), await store.templates.list_templates(after="b")]
        return [[found.id for found in page] for page in pages]

    assert database.run(scenario) == [["a", "b"], ["c"]]


def test_each_change_is_a_version_with_who_when_and_why(database: Database) -> None:
    async def scenario(store: Store) -> list[TemplateVersion]:
        await applied(store)
        await applied(store, template(SETTINGS, scope=("openid", "profile", "email")), act=replace(ACT, reason="more"))
        assert await store.templates.find_version(APP, 3) is None
        first = await store.templates.find_version(APP, 1)
        assert [first] == await store.templates.list_versions(APP, before=2)
        return await store.templates.list_versions(APP)

    newest, first = database.run(scenario, lambda: 4711)
    assert first == TemplateVersion(APP, 1, SHARED, ClientSettings(), "operator", "a reason", 4711)
    assert (newest.version, newest.settings, newest.reason) == (2, SETTINGS, "more")
    assert newest.metadata.scope == ("openid", "profile", "email")


@pytest.mark.parametrize("seen", [0, 2, 3])
def test_a_change_of_another_version_than_the_newest_changes_nothing(database: Database, seen: int) -> None:
    async def scenario(store: Store) -> None:
        await applied(store)
        before = await store.templates.find_template(APP), await store.templates.list_versions(APP)
        audited = await store.audit.list_audit()
        put = store.templates.put_template(APP, METADATA, SETTINGS, seen=seen, ends_grants=True, act=ACT)
        assert not await put
        assert (await store.templates.find_template(APP), await store.templates.list_versions(APP)) == before
        assert await store.audit.list_audit() == audited

    database.run(scenario)


def test_the_generation_rises_with_a_status_and_with_a_change_that_takes_away_alone(database: Database) -> None:
    async def scenario(store: Store) -> list[tuple[int, int, str]]:
        seen = []
        for definition in (TEMPLATE, template(scope=("openid", "profile", "email")), template(scope=("openid",))):
            await applied(store, definition)
            seen.append(await store.templates.find_template(APP))
        for status in ("inactive", "active"):
            assert await store.templates.set_template_status(APP, status, act=ACT)
            assert not await store.templates.set_template_status(APP, status, act=ACT)
            seen.append(await store.templates.find_template(APP))
        assert not await store.templates.set_template_status(ClientId("other"), "inactive", act=ACT)
        return [(found.version, found.generation, found.status) for found in seen if found is not None]

    assert database.run(scenario) == [
        (1, 1, "active"),
        (2, 1, "active"),
        (3, 2, "active"),
        (3, 3, "inactive"),
        (3, 4, "active"),
    ]


def test_every_act_on_a_template_is_in_the_audit_with_before_and_after(database: Database) -> None:
    async def scenario(store: Store) -> set[tuple[str, ...]]:
        await applied(store)
        await applied(store, template(scope=("openid",)))
        await store.templates.set_template_status(APP, "inactive", act=ACT)
        await store.templates.set_template_status(APP, "active", act=ACT)
        found = await store.audit.list_audit_of("template", APP)
        assert {(one.by, one.reason, one.origin) for one in found} == {("operator", "a reason", "192.0.2.7")}
        assert len(found) == 4
        return {(one.event, one.before, one.after) for one in found}

    assert database.run(scenario) == {
        ("template.added", "", "version 1"),
        ("template.changed", "version 1", "version 2"),
        ("template.disabled", "active", "inactive"),
        ("template.enabled", "inactive", "active"),
    }


def test_an_instance_is_loaded_with_what_its_template_says_now(database: Database) -> None:
    async def scenario(store: Store) -> tuple[Client, Client]:
        await store.add_account(an_account(), password_hash="hash")
        await applied(store)
        await store.add_instance(an_instance_of(TEMPLATE, instance_name="Anna's phone"))
        before = await _client(store)
        await applied(store, template(SETTINGS, redirect_uris=("io.example:/other",), default_max_age=60))
        return before, await _client(store)

    before, after = database.run(scenario)
    assert before.metadata == replace(SHARED, instance_name="Anna's phone")
    assert (before.settings, before.template) == (ClientSettings(), TemplateLink(APP, "active", 1))
    assert after.metadata == replace(before.metadata, redirect_uris=("io.example:/other",), default_max_age=60)
    assert (after.settings, after.template) == (SETTINGS, TemplateLink(APP, "active", 2))
    assert (after.generation, after.status) == (1, "active")


def test_an_instance_says_over_its_template_what_it_is_allowed_to_now(database: Database) -> None:
    own: dict[str, object] = {
        "contacts": ("anna@example.com",),
        "scope": ("profile",),
        "names": {"client_name": "Mine", "client_uri": "https://example.com/"},
        "default_max_age": 7,
        "application_type": "web",
        "software_version": "1.2",
    }

    async def scenario(store: Store) -> list[Client]:
        await store.add_account(an_account(), password_hash="hash")
        await applied(store, template(SETTINGS))
        await store.add_instance(replace(an_instance_of(template(SETTINGS)), own_members=own))
        seen = [await _client(store)]
        for definition in (template(SETTINGS, scope=("openid",)), TEMPLATE):
            await applied(store, definition)
            seen.append(await _client(store))
        return seen

    names = {**SHARED.names, "client_name": "Mine"}
    said = replace(SHARED, contacts=("anna@example.com",), scope=("profile",), names=names, software_version="1.2")
    assert [client.metadata for client in database.run(scenario)] == [
        said,
        replace(said, scope=()),
        replace(SHARED, software_version="1.2"),
    ]


def test_an_instance_repeats_nothing_of_its_template_in_its_row(database: Database) -> None:
    async def scenario(store: Store) -> tuple[str, str]:
        await store.add_account(an_account(), password_hash="hash")
        await applied(store)
        await store.add_instance(an_instance_of(TEMPLATE))
        found = await store.find_instance(ID)
        assert found is not None
        return found.template, found.scope

    assert database.run(scenario) == (APP, "")


def test_an_instance_without_its_template_is_readable_and_dead(database: Database) -> None:
    async def scenario(store: Store) -> Client:
        await store.add_account(an_account(), password_hash="hash")
        await store.add_instance(an_instance_of(TEMPLATE, instance_name="Anna's phone"))
        return await _client(store)

    client = database.run(scenario)
    assert client.template == TemplateLink(APP, "missing", 0)
    assert (client.metadata.redirect_uris, client.metadata.scope) == ((), ())
    assert client.metadata.instance_name == "Anna's phone"


def test_a_deleted_instance_keeps_what_its_template_said_then(database: Database) -> None:
    async def scenario(store: Store) -> Client:
        await store.add_account(an_account(), password_hash="hash")
        await applied(store)
        await store.add_instance(an_instance_of(TEMPLATE))
        await store.set_instance_status(ID, "deleted", act=ACT, tombstone=replace(SHARED, names={}))
        await applied(store, template(redirect_uris=("io.example:/other",), scope=("openid",)))
        return await _client(store)

    client = database.run(scenario)
    assert client.metadata == replace(SHARED, names={})
    assert client.status == "deleted"


def test_a_template_is_no_client(database: Database) -> None:
    async def scenario(store: Store) -> Client | None:
        await applied(store)
        return (await store.load(client_id=APP)).client

    assert database.run(scenario) is None


def test_a_resource_server_is_loaded_beside_the_instance_of_a_template(database: Database) -> None:
    caller = replace(
        a_static_client("orders"), settings=ClientSettings(introspection_scopes=("orders",), any_loopback_port=False)
    )

    async def scenario(store: Store) -> None:
        await store.add_account(an_account(), password_hash="hash")
        await store.put_static_client(caller, now=1000)
        await applied(store, template(SETTINGS))
        await store.add_instance(an_instance_of(template(SETTINGS), software_version="2"))
        await store.add_grant(a_grant())
        key = GrantKey(ID, a_grant().key.id)
        alone = await store.load(client_id=ID, grant=key)
        assert alone.grant is not None
        beside = await store.load(client_id=ID, grant=key, caller_id=caller.client_id)
        assert beside == replace(alone, caller=caller)
        assert (await store.load(client_id=ID, grant=key, caller_id=ID)).caller is None
        assert (await store.load(client_id=ID, grant=key, caller_id=APP)).caller is None

    database.run(scenario)


def test_the_instances_of_a_template_are_counted_without_those_that_ended(database: Database) -> None:
    async def scenario(store: Store) -> int:
        await store.add_account(an_account(), password_hash="hash")
        await applied(store)
        for number, status in enumerate(("active", "inactive", "revoked", "deleted", "expired")):
            await store.add_instance(an_instance_of(TEMPLATE, f"i{number}"))
            if status != "active":
                await store.set_instance_status(ClientId(f"i{number}"), status, act=ACT)
        await store.add_instance(an_instance())
        return await store.templates.count_instances(APP)

    assert database.run(scenario) == 2
