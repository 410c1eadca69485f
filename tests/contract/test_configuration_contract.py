"""The verbs over static clients, signing keys and settings."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import Client, SigningKeyRecord
from support_engines import Database
from support_stored_records import a_signing_key, a_static_client

ACT = Act(by="a test")


async def _generation(store: Store, client: Client) -> int:
    found = (await store.load(client_id=client.client_id)).client
    assert found is not None
    assert found == replace(client, generation=found.generation)
    return found.generation


@pytest.mark.parametrize(
    "changed",
    [
        a_static_client(status="inactive"),
        replace(a_static_client(), settings=ClientSettings(any_loopback_port=False)),
        replace(a_static_client(), settings=ClientSettings(registration_client=True)),
        replace(a_static_client(), secret_hash="hash"),
        replace(a_static_client(), secret_expires_at=5),
        replace(a_static_client(), metadata=replace(a_static_client().metadata, scope=("openid",))),
    ],
    ids=["status", "registration", "port", "secret", "expiry", "metadata"],
)
def test_a_static_clients_generation_rises_when_something_changed_and_only_then(
    database: Database, changed: Client
) -> None:
    async def scenario(store: Store) -> list[int]:
        seen = []
        for client in (a_static_client(), a_static_client(), changed, changed):
            await store.put_static_client(client, now=1)
            seen.append(await _generation(store, client))
        return seen

    assert database.run(scenario) == [1, 1, 2, 2]


def test_signing_keys_come_back_whole_and_oldest_first(database: Database) -> None:
    keys = [a_signing_key("b", created=1), a_signing_key("a", created=2), replace(a_signing_key("c"), retired_at=9)]

    async def scenario(store: Store) -> list[SigningKeyRecord]:
        for key in reversed(keys):
            await store.key_acts.publish_signing_key(key, act=ACT)
        return await store.list_signing_keys()

    assert database.run(scenario) == keys


def test_a_signing_key_is_never_replaced(database: Database) -> None:
    async def scenario(store: Store) -> list[SigningKeyRecord]:
        await store.key_acts.publish_signing_key(a_signing_key(), act=ACT)
        with pytest.raises(ValueError, match="exists"):
            await store.key_acts.publish_signing_key(replace(a_signing_key(), wrapped_private=b"other"), act=ACT)
        return await store.list_signing_keys()

    assert database.run(scenario) == [a_signing_key()]


def test_a_first_key_is_stored_unless_one_of_its_algorithm_signs_then(database: Database) -> None:
    first, second = a_signing_key("a", created=10), a_signing_key("b", created=20)
    elsewhere = replace(a_signing_key("c", created=20), alg="ES256")
    later = replace(a_signing_key("d", created=1), signs_from=5)

    async def scenario(store: Store) -> list[list[SigningKeyRecord]]:
        return [await store.add_first_signing_key(key) for key in (first, second, elsewhere, later)]

    assert database.run(scenario) == [[first], [first], [first, elsewhere], [later, first, elsewhere]]


@pytest.mark.slow
def test_of_many_that_make_the_first_key_at_once_one_does(database: Database) -> None:
    async def scenario(store: Store) -> list[SigningKeyRecord]:
        keys = [a_signing_key(f"k{number}") for number in range(16)]
        found = await asyncio.gather(*(store.add_first_signing_key(key) for key in keys))
        assert len({tuple(key.kid for key in seen) for seen in found}) == 1
        return await store.list_signing_keys()

    assert len(database.run(scenario)) == 1


def test_the_first_value_of_a_setting_stands(database: Database) -> None:
    async def scenario(store: Store) -> list[str | None]:
        return [
            await store.get_setting("incarnation"),
            await store.add_setting("incarnation", "one"),
            await store.add_setting("incarnation", "two"),
            await store.get_setting("incarnation"),
        ]

    assert database.run(scenario) == [None, "one", "one", "one"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    st.lists(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(
            ["'; drop table settings; --", "$1", "' or ''='", '"', "%", "\\", ":1", "?1"]
        ),
        unique=True,
        max_size=30,
    )
)  # fmt: skip
def test_m3_whatever_text_comes_in_is_data(database: Database, texts: list[str]) -> None:
    async def scenario(store: Store) -> None:
        for text in texts:
            await store.add_setting(text, text)
        assert [await store.get_setting(text) for text in texts] == texts
        assert (await store.find_sign_in(" ".join(texts))).account is None

    database.run(scenario)


def test_a_database_that_answers_is_reported_so(database: Database) -> None:
    async def scenario(store: Store) -> None:
        await store.ping()

    database.run(scenario)
