"""Consents, and who lists a web origin."""

from dataclasses import replace

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId, GrantId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.consent import AgreedApp, Consent
from keyfob_server.rules.records import Generations, GrantKey
from support_engines import Database
from support_stored_records import a_consent, a_grant, a_static_client, an_account, an_instance
from support_templates import APP as APP_TEMPLATE
from support_templates import TEMPLATE, an_instance_of, applied

APP = "https://app.example"
YEAR = 365 * 86400
GIVEN = Consent(
    account_id=AccountId("anna"),
    client_id=ClientId("app"),
    scope=("openid", "profile"),
    redirect_hash="5e",
    generations=Generations(client=2, account=3, template=4),
    created=1000,
    expires=2000,
)


def test_a_consent_is_found_by_person_and_client_as_it_was_given(database: Database) -> None:
    async def scenario(store: Store) -> None:
        assert await store.consents.find_consent(GIVEN.account_id, GIVEN.client_id) is None
        await store.consents.put_consent(GIVEN)
        assert await store.consents.find_consent(GIVEN.account_id, GIVEN.client_id) == GIVEN
        assert await store.consents.find_consent(AccountId("ben"), GIVEN.client_id) is None
        assert await store.consents.find_consent(GIVEN.account_id, ClientId("other")) is None

    database.run(scenario)


def test_the_newest_consent_replaces_the_one_before(database: Database) -> None:
    async def scenario(store: Store) -> None:
        other = replace(GIVEN, client_id=ClientId("other"))
        newer = Consent(
            account_id=GIVEN.account_id,
            client_id=GIVEN.client_id,
            scope=("openid",),
            redirect_hash="6f",
            generations=Generations(client=5, account=6),
            created=1500,
            expires=2500,
        )
        for consent in (GIVEN, other, newer):
            await store.consents.put_consent(consent)
        assert await store.consents.find_consent(GIVEN.account_id, GIVEN.client_id) == newer
        assert await store.consents.find_consent(GIVEN.account_id, other.client_id) == other

    database.run(scenario)


def test_a_consent_outlives_a_restart(database: Database) -> None:
    async def give(store: Store) -> None:
        await store.consents.put_consent(GIVEN)

    async def look(store: Store) -> Consent | None:
        return await store.consents.find_consent(GIVEN.account_id, GIVEN.client_id)

    database.run(give)
    assert database.run(look) == GIVEN


async def _people_with_apps(store: Store) -> None:
    """Anna agreed to three kinds of apps, and ben to one of them; each has a grant at each."""
    for user_name in ("anna", "ben"):
        await store.add_account(an_account(user_name), password_hash="hash")
    await store.add_instance(an_instance("instance-1"))
    await applied(store)
    await store.add_instance(an_instance_of(TEMPLATE, "templated-1", instance_name="Anna's tablet"))
    await store.put_static_client(a_static_client("web-app"), now=1000)
    templated = replace(a_consent("templated-1"), generations=Generations(client=1, account=1, template=1))
    for consent in (a_consent(), templated, a_consent("web-app"), a_consent("web-app", user_name="ben")):
        await store.consents.put_consent(consent)
        grant = a_grant(f"of {consent.account_id}", client_id=consent.client_id)
        assert await store.add_grant(replace(grant, account_id=consent.account_id))


async def _listed(store: Store, user_name: str = "anna", *, lifetime_s: int = YEAR) -> list[AgreedApp]:
    return await store.consents.list_agreed_apps(a_consent(user_name=user_name).account_id, lifetime_s=lifetime_s)


def test_what_stands_is_listed_with_the_names_of_app_and_device(database: Database) -> None:
    async def scenario(store: Store) -> tuple[list[AgreedApp], list[AgreedApp]]:
        await _people_with_apps(store)
        return await _listed(store), await _listed(store, "ben", lifetime_s=7200)

    mine, bens = database.run(scenario, lambda: 2000)
    scope, ends = ("openid", "profile"), 1000 + YEAR
    assert mine == [
        AgreedApp(ClientId("instance-1"), "Demo App", "Anna's phone", scope, 1000, ends),
        AgreedApp(ClientId("templated-1"), "The App", "Anna's tablet", scope, 1000, ends),
        AgreedApp(ClientId("web-app"), "Demo App", "Anna's phone", scope, 1000, ends),
    ]
    assert bens == [AgreedApp(ClientId("web-app"), "Demo App", "Anna's phone", scope, 1000, 1000 + 7200)]


def test_what_ended_by_time_or_by_a_generation_is_not_listed(database: Database) -> None:
    async def scenario(store: Store) -> list[list[ClientId]]:
        await _people_with_apps(store)
        seen = [[app.client_id for app in await _listed(store, lifetime_s=1000)]]
        await store.set_instance_status(ClientId("instance-1"), "inactive", act=Act("anna"))
        seen.append([app.client_id for app in await _listed(store)])
        await store.templates.set_template_status(APP_TEMPLATE, "inactive", act=Act("anna"))
        seen.append([app.client_id for app in await _listed(store)])
        await store.set_password("anna", password_hash="another")
        return [*seen, [app.client_id for app in await _listed(store)]]

    assert database.run(scenario, lambda: 2000) == [[], ["templated-1", "web-app"], ["web-app"], []]


def test_apps_are_listed_by_client_id_in_pages(database: Database) -> None:
    async def scenario(store: Store) -> list[list[ClientId]]:
        await _people_with_apps(store)
        account_id, pages = a_consent().account_id, []
        for after in ("", "templated-1"):
            page = await store.consents.list_agreed_apps(account_id, lifetime_s=YEAR, after=after, limit=2)
            pages.append([app.client_id for app in page])
        return pages

    assert database.run(scenario, lambda: 2000) == [["instance-1", "templated-1"], ["web-app"]]


def test_a_withdrawal_ends_this_person_s_consent_and_grants_at_this_app_and_leaves_a_row(database: Database) -> None:
    async def scenario(store: Store) -> None:
        await _people_with_apps(store)
        anna, web = a_consent().account_id, ClientId("web-app")
        act = Act("owner", "a try", "192.0.2.1")
        assert await store.consents.withdraw_consent(anna, "anna", web, act=act)
        assert [app.client_id for app in await _listed(store)] == ["instance-1", "templated-1"]
        assert [app.client_id for app in await _listed(store, "ben")] == ["web-app"]
        status = {}
        for client_id, name in (("web-app", "anna"), ("web-app", "ben"), ("instance-1", "anna")):
            key = GrantKey(ClientId(client_id), GrantId(f"of account-of-{name}"))
            grant = (await store.load(grant=key)).grant
            assert grant is not None
            status[f"{name} {client_id}"] = (grant.status, grant.generation)
        assert status == {
            "anna web-app": ("revoked", 2),
            "ben web-app": ("active", 1),
            "anna instance-1": ("active", 1),
        }
        rows = await store.audit.list_audit_of("account", "anna")
        told = [(one.event, one.by, one.reason, one.origin, one.before, one.after) for one in rows[:1]]
        assert told == [("account.consent_withdrawn", "owner", "a try", "192.0.2.1", "web-app: openid profile", "")]

    database.run(scenario, lambda: 2000)


def test_a_withdrawal_of_what_was_not_given_changes_nothing(database: Database) -> None:
    async def scenario(store: Store) -> None:
        await _people_with_apps(store)
        before = await store.audit.list_audit(), await _listed(store), await _listed(store, "ben")
        ben = a_consent(user_name="ben").account_id
        for client_id in ("instance-1", "nobody"):
            assert not await store.consents.withdraw_consent(ben, "ben", ClientId(client_id), act=Act("owner"))
        assert (await store.audit.list_audit(), await _listed(store), await _listed(store, "ben")) == before
        key = GrantKey(ClientId("instance-1"), GrantId("of account-of-anna"))
        grant = (await store.load(grant=key)).grant
        assert grant is not None
        assert grant.status == "active"

    database.run(scenario, lambda: 2000)


def test_an_origin_is_listed_when_a_client_lists_it_for_pages_and_not_when_it_only_names_it(
    database: Database,
) -> None:
    async def scenario(store: Store) -> None:
        assert not await store.origins.lists_origin(APP)
        named = replace(a_static_client("named"), settings=ClientSettings(sector=APP))
        await store.put_static_client(named, now=1)
        assert not await store.origins.lists_origin(APP)
        listing = replace(
            a_static_client("listing"), settings=ClientSettings(cors_origins=(APP, "http://localhost:3000"))
        )
        await store.put_static_client(listing, now=1)
        assert await store.origins.lists_origin(APP)
        assert await store.origins.lists_origin("http://localhost:3000")
        for other in (
            "https://app.exampl",
            "https://app.example:8443",
            "http://localhost",
            "https://APP.example",
            "",
            "%",
        ):
            assert not await store.origins.lists_origin(other)

    database.run(scenario)


def test_an_origin_is_listed_when_a_template_lists_it(database: Database) -> None:
    async def scenario(store: Store) -> None:
        settings = ClientSettings(cors_origins=(APP,))
        made = await store.templates.put_template(
            ClientId("template"),
            ClientMetadata(redirect_uris=(), scope=()),
            settings,
            seen=0,
            ends_grants=False,
            act=Act("anna"),
        )
        assert made
        assert await store.origins.lists_origin(APP)
        assert not await store.origins.lists_origin("https://other.example")

    database.run(scenario)
