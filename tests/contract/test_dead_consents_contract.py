"""Consents that can never stand again go, page by page; those that stand stay."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.sweeping import Position, sweep
from keyfob_server.ports.storage import Store
from keyfob_server.rules.consent import Consent
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import Generations
from keyfob_server.rules.sweeping import ConsentKey, DeadConsents
from support_engines import Database
from support_stored_records import a_consent, a_static_client, an_account, an_instance
from support_templates import ACT, APP, TEMPLATE, an_instance_of, applied, template

NOW = 2000
INSTANCE, STATIC, TEMPLATED = a_consent("instance-1"), a_consent("web-app"), a_consent("templated-1")
GIVEN = (INSTANCE, replace(TEMPLATED, generations=Generations(client=1, account=1, template=1)), STATIC)
POLICY = Policy(base_url="https://id.example")


async def _given(store: Store) -> None:
    """By anna and by ben, each to apps of three kinds."""
    for user_name in ("anna", "ben"):
        await store.add_account(an_account(user_name), password_hash="hash")
    await store.add_instance(an_instance("instance-1"))
    await applied(store)
    await store.add_instance(an_instance_of(TEMPLATE, "templated-1"))
    await store.put_static_client(a_static_client("web-app"), now=1000)
    for consent in GIVEN:
        await store.consents.put_consent(consent)
        await store.consents.put_consent(replace(consent, account_id=a_consent(user_name="ben").account_id))


async def _left(store: Store) -> set[str]:
    found = set()
    for name in ("anna", "ben"):
        for consent in GIVEN:
            account_id = a_consent(user_name=name).account_id
            if await store.consents.find_consent(account_id, consent.client_id):
                found.add(f"{name} {consent.client_id}")
    return found


def _of(*client_ids: str) -> set[str]:
    return {f"{name} {client_id}" for name in ("anna", "ben") for client_id in client_ids}


async def _revoke(store: Store) -> None:
    assert await store.set_instance_status(ClientId("instance-1"), "revoked", act=ACT)


async def _disable(store: Store) -> None:
    assert await store.set_account_status("anna", "inactive", act=ACT)


async def _new_password(store: Store) -> None:
    assert await store.set_password("anna", password_hash="another", act=ACT)


async def _remove_client(store: Store) -> None:
    seen = await store.static_clients.find_client(ClientId("web-app"))
    assert seen is not None
    gone = replace(seen.client, status="retired")
    assert await store.static_clients.put_client(gone, seen=seen, ends_tokens=True, act=ACT)


async def _narrow_template(store: Store) -> None:
    await applied(store, template(scope=("openid",)))


async def _disable_template(store: Store) -> None:
    assert await store.templates.set_template_status(APP, "inactive", act=ACT)


WAYS: dict[str, tuple[Callable[[Store], Awaitable[None]], set[str]]] = {
    "an instance is revoked": (_revoke, _of("instance-1")),
    "an account is disabled": (_disable, {f"anna {one.client_id}" for one in GIVEN}),
    "a password is new": (_new_password, {f"anna {one.client_id}" for one in GIVEN}),
    "a static client is removed": (_remove_client, _of("web-app")),
    "a template takes something away": (_narrow_template, _of("templated-1")),
    "a template is disabled": (_disable_template, _of("templated-1")),
}
EVERYTHING = _of("instance-1", "templated-1", "web-app")
BY_HAND = {
    "delete from dynamically_registered_clients where client_id = 'instance-1';": _of("instance-1"),
    "delete from clients where client_id = 'web-app';": _of("web-app"),
    "delete from client_templates;": _of("templated-1"),
    "delete from accounts where user_name = 'ben';": {f"ben {one.client_id}" for one in GIVEN},
    "select 1;": set(),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_consent_goes_with_what_it_was_given_by_and_to(database: Database, way: str) -> None:
    happens, dead = WAYS[way]

    async def scenario(store: Store) -> None:
        await _given(store)
        await happens(store)
        dry = await sweep(store.sweeping, store, POLICY, now=NOW, dry_run=True)
        assert await _left(store) == EVERYTHING
        done = await sweep(store.sweeping, store, POLICY, now=NOW)
        assert (dry.dead_consents, done.dead_consents) == (len(dead), len(dead))
        assert await _left(store) == EVERYTHING - dead
        assert (await sweep(store.sweeping, store, POLICY, now=NOW)).dead_consents == 0

    database.run(scenario)


@pytest.mark.parametrize("text", BY_HAND)
def test_a_consent_goes_with_a_row_that_a_hand_removed(database: Database, text: str) -> None:
    database.run(_given)
    with database.engine.shell(database.url) as shell:
        shell.say(text)

    async def scenario(store: Store) -> set[str]:
        await sweep(store.sweeping, store, POLICY, now=NOW)
        return await _left(store)

    assert database.run(scenario) == EVERYTHING - BY_HAND[text]


def test_pages_go_on_where_the_one_before_ended_and_hold_no_more_than_asked_for(database: Database) -> None:
    async def scenario(store: Store) -> list[DeadConsents]:
        await _given(store)
        await _revoke(store)
        pages, after = [], ConsentKey()
        for _ in range(3):
            page = await store.sweeping.list_dead_consents(expired_before=NOW, after=after, limit=3)
            pages.append(page)
            after = page.last
        return pages

    first, second, third = database.run(scenario)
    anna, ben = "account-of-anna", "account-of-ben"
    assert first == DeadConsents(1, ConsentKey(anna, "web-app"), more=True)
    assert second == DeadConsents(1, ConsentKey(ben, "web-app"), more=True)
    assert third == DeadConsents(0, second.last, more=False)


def test_only_the_page_that_was_looked_at_is_removed_from(database: Database) -> None:
    async def scenario(store: Store) -> set[str]:
        await _given(store)
        await _revoke(store)
        page = await store.sweeping.list_dead_consents(expired_before=NOW, after=ConsentKey(), limit=3)
        assert await store.sweeping.remove_dead_consents(after=ConsentKey(), last=page.last) == 1
        return await _left(store)

    assert database.run(scenario) == EVERYTHING - {"anna instance-1"}


def test_a_consent_that_was_given_anew_after_the_look_stays(database: Database) -> None:
    async def scenario(store: Store) -> Consent | None:
        await _given(store)
        await _new_password(store)
        page = await store.sweeping.list_dead_consents(expired_before=NOW, after=ConsentKey(), limit=100)
        assert page.count == 3
        await store.consents.put_consent(replace(INSTANCE, generations=Generations(client=1, account=2), created=1500))
        assert await store.sweeping.remove_dead_consents(after=ConsentKey(), last=page.last) == 2
        return await store.consents.find_consent(INSTANCE.account_id, INSTANCE.client_id)

    found = database.run(scenario)
    assert found is not None
    assert found.created == 1500


def test_what_expired_is_counted_once(database: Database) -> None:
    async def scenario(store: Store) -> None:
        await store.consents.put_consent(replace(INSTANCE, expires=NOW - 1))
        await store.consents.put_consent(replace(STATIC, expires=NOW + 1))
        dry = await sweep(store.sweeping, store, POLICY, now=NOW, dry_run=True)
        done = await sweep(store.sweeping, store, POLICY, now=NOW, position=Position())
        for swept in (dry, done):
            assert (swept.removed["consents"], swept.dead_consents, swept.total) == (1, 1, 2)

    database.run(scenario)
