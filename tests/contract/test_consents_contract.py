"""Consents, and who lists a web origin."""

from dataclasses import replace

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.consent import Consent
from keyfob_server.rules.records import Generations
from support_engines import Database
from support_stored_records import a_static_client

APP = "https://app.example"
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
