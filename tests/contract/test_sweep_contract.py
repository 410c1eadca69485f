"""What may go, goes in bounded batches; what still answers for something, stays."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.storage import Store
from keyfob_server.ports.sweeping import Sweepable
from keyfob_server.rules.acts import Act
from keyfob_server.rules.limits import SignInDelays
from keyfob_server.rules.sweeping import IdlePage
from support_engines import Database
from support_stored_records import a_consent, a_grant, a_session, an_account, an_instance

ACT = Act("ben")
NOW = 100_000


async def _sessions(store: Store) -> None:
    for number in range(5):
        await store.add_session(replace(a_session(f"s{number}"), expires=100 * number))


async def _grants(store: Store) -> None:
    for number in range(5):
        await store.add_grant(replace(a_grant(f"g{number}"), expires=100 * number))


async def _dead_grants(store: Store) -> None:
    for number in range(5):
        await store.add_grant(replace(a_grant(f"g{number}"), expires=NOW * 10))
    for number in range(2):
        await store.revoke_grant(a_grant(f"g{number}").key, reason="x")


async def _initial_grants(store: Store) -> None:
    for number in range(5):
        await store.add_grant(replace(a_grant(f"g{number}", scope=("dcr",), created=100 * number), expires=NOW * 10))
    await store.add_grant(replace(a_grant("other", created=1), expires=NOW * 10))


async def _consents(store: Store) -> None:
    for number in range(5):
        await store.consents.put_consent(replace(a_consent(f"c{number}"), expires=100 * number))


async def _sign_in_failures(store: Store) -> None:
    delays = SignInDelays(free=3, first_s=1, longest_s=2, forget_s=100)
    for number in range(5):
        await store.sign_in_failures.count_sign_in(f"n{number}", "here", delays)


async def _tombstones(store: Store) -> None:
    for number in range(5):
        await store.add_instance(an_instance(f"i{number}"))
    for number, status in enumerate(("revoked", "deleted", "expired", "inactive")):
        await store.set_instance_status(ClientId(f"i{number}"), status, act=ACT)


@pytest.mark.parametrize(
    ("what", "fill", "before", "count"),
    [
        ("sessions", _sessions, 200, 2),
        ("grants", _grants, 200, 2),
        ("dead_grants", _dead_grants, NOW + 1, 2),
        ("initial_grants", _initial_grants, 200, 2),
        ("tombstones", _tombstones, NOW + 1, 3),
        ("tombstones", _tombstones, NOW, 0),
        ("dead_grants", _dead_grants, NOW, 0),
        ("consents", _consents, 200, 2),
        ("sign_in_failures", _sign_in_failures, NOW + 101, 5),
        ("sign_in_failures", _sign_in_failures, NOW + 100, 0),
    ],
)
def test_what_ended_before_a_time_is_counted_and_removed_and_nothing_else(
    database: Database, what: Sweepable, fill: object, before: int, count: int
) -> None:
    async def scenario(store: Store) -> list[int]:
        await fill(store)  # type: ignore[operator] # a row of the table above
        sweeping = store.sweeping
        counted = await sweeping.count_expired(what, before=before)
        removed = await sweeping.remove_expired(what, before=before, limit=100)
        return [counted, removed, await sweeping.count_expired(what, before=before)]

    assert database.run(scenario, lambda: NOW) == [count, count, 0]


def test_a_batch_is_no_larger_than_asked_for(database: Database) -> None:
    async def scenario(store: Store) -> list[int]:
        await _sessions(store)
        return [await store.sweeping.remove_expired("sessions", before=NOW, limit=2) for _ in range(4)]

    assert database.run(scenario) == [2, 2, 1, 0]


def _page(page: IdlePage) -> list[tuple[str, bool]]:
    return [(one.client_id, one.used) for one in page.idle]


async def _instances(store: Store) -> None:
    await store.add_account(an_account("anna"), password_hash="h")
    for name, created in (("a-never", 100), ("b-new", 900), ("c-idle", 100), ("d-used", 100), ("e-initial", 100)):
        await store.add_instance(an_instance(name, created=created))
    await store.add_grant(a_grant("g1", client_id="c-idle", created=200))
    await store.add_grant(a_grant("g2", client_id="d-used", created=800))
    await store.add_grant(a_grant("g3", client_id="e-initial", created=800, scope=("openid", "dcr")))


def test_an_instance_is_idle_when_it_was_never_used_or_not_for_long(database: Database) -> None:
    async def scenario(store: Store) -> IdlePage:
        await _instances(store)
        return await store.sweeping.list_idle(never_used_before=500, idle_before=500, after="", limit=100)

    page = database.run(scenario)
    assert _page(page) == [("a-never", False), ("c-idle", True), ("e-initial", False)]
    assert page.last == ""


def test_an_instance_that_is_off_is_not_idle(database: Database) -> None:
    async def scenario(store: Store) -> IdlePage:
        await _instances(store)
        await store.set_instance_status(ClientId("a-never"), "inactive", act=ACT)
        return await store.sweeping.list_idle(never_used_before=500, idle_before=500, after="", limit=100)

    assert _page(database.run(scenario)) == [("c-idle", True), ("e-initial", False)]


def test_pages_go_on_where_the_one_before_ended_also_when_nothing_on_them_is_idle(database: Database) -> None:
    async def scenario(store: Store) -> list[tuple[list[tuple[str, bool]], str]]:
        await _instances(store)
        pages, after = [], ""
        for _ in range(3):
            page = await store.sweeping.list_idle(never_used_before=500, idle_before=500, after=after, limit=2)
            pages.append((_page(page), page.last))
            after = page.last
        return pages

    assert database.run(scenario) == [
        ([("a-never", False)], "b-new"),
        ([("c-idle", True)], "d-used"),
        ([("e-initial", False)], ""),
    ]


def test_the_last_use_is_known_after_the_grant_that_it_was_known_from_is_gone(database: Database) -> None:
    async def scenario(store: Store) -> tuple[IdlePage, int | None, IdlePage]:
        await _instances(store)
        await store.revoke_grant(a_grant("g2", client_id="d-used").key, reason="signed out")
        assert await store.sweeping.remove_expired("dead_grants", before=NOW + 1, limit=10) == 1
        recent = await store.sweeping.list_idle(never_used_before=500, idle_before=500, after="c-idle", limit=1)
        later = await store.sweeping.list_idle(never_used_before=500, idle_before=801, after="c-idle", limit=1)
        shown = await store.find_instance(ClientId("d-used"))
        return recent, shown.last_used if shown else None, later

    recent, last_used, later = database.run(scenario, lambda: NOW)
    assert _page(recent) == []
    assert last_used == 800
    assert _page(later) == [("d-used", True)]


def test_the_last_use_is_known_after_the_grant_that_it_was_known_from_came_to_its_end(database: Database) -> None:
    async def scenario(store: Store) -> tuple[IdlePage, int | None, IdlePage]:
        await store.add_instance(an_instance("used", created=100))
        await store.add_grant(replace(a_grant("g", client_id="used", created=850), expires=900))
        assert await store.sweeping.remove_expired("grants", before=901, limit=10) == 1
        recent = await store.sweeping.list_idle(never_used_before=500, idle_before=850, after="", limit=1)
        later = await store.sweeping.list_idle(never_used_before=500, idle_before=851, after="", limit=1)
        shown = await store.find_instance(ClientId("used"))
        return recent, shown.last_used if shown else None, later

    recent, last_used, later = database.run(scenario, lambda: NOW)
    assert _page(recent) == []
    assert last_used == 850
    assert _page(later) == [("used", True)]
