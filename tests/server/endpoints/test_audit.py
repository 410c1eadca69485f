"""The chain of seals: whatever is done to a row without the key is found out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.roots import create_roots
from keyfob_server.crypto.secrets import HmacSecretHasher
from keyfob_server.endpoints.audit import (
    BATCH,
    Broken,
    Intact,
    NotVerifiable,
    Sealer,
    Unchecked,
    seal_pending,
    verify,
)
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from support_engines import Database, engine_of, open_store
from support_sql import change, rows
from support_stored_records import an_account

T = TypeVar("T")
HASHER = HmacSecretHasher(create_roots(SystemEntropy()))
STRANGER = HmacSecretHasher(create_roots(SystemEntropy()))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    engine = engine_of("sqlite")
    return Database(engine, engine.create(tmp_path))


def file_of(database: Database) -> Path:
    return Path(database.url.removeprefix("sqlite:///"))


def filled(database: Database, count: int = 4) -> None:
    async def scenario(store: Store) -> None:
        for number in range(count):
            await store.add_account(an_account(f"user-{number:04}"), password_hash="h", act=Act("ben", "why"))
        assert await seal_pending(store.audit, HASHER) == count

    database.run(scenario)


def verdict(
    database: Database, *, expected: str = "", hasher: HmacSecretHasher = HASHER, dropped: frozenset[str] = frozenset()
) -> Intact | NotVerifiable | Broken:
    return database.run(lambda store: verify(store.audit, hasher, expected=expected, dropped=dropped))


def test_rows_that_nobody_touched_are_intact(database: Database) -> None:
    filled(database)
    seen = verdict(database)
    assert isinstance(seen, Intact)
    assert (seen.rows, seen.unsealed) == (4, 0)
    assert seen.last_seal


def test_an_empty_audit_is_intact(database: Database) -> None:
    assert verdict(database) == Intact(0, 0, "")


def test_more_rows_than_a_batch_make_one_chain(database: Database) -> None:
    filled(database, BATCH + 3)
    seen = verdict(database)
    assert isinstance(seen, Intact)
    assert seen.rows == BATCH + 3


@pytest.mark.parametrize(
    "column",
    ["created", "event", "subject_kind", "subject_id", "actor", "origin", "reason", "before", "after", "seal", "id"],
)
def test_j7_a_change_of_any_column_of_a_row_is_found(database: Database, column: str) -> None:
    filled(database)
    value = 1 if column == "created" else "x"
    assert change(file_of(database), f"update audit set {column} = ? where seal_number = 3", value) == 1  # noqa: S608 - a column of ours
    seen = verdict(database)
    assert isinstance(seen, Broken)
    assert seen.number == 3


@pytest.mark.parametrize(("number", "found"), [(1, 1), (2, 2), (3, 3)])
def test_j7_a_row_that_was_removed_is_found(database: Database, number: int, found: int) -> None:
    filled(database)
    change(file_of(database), "delete from audit where seal_number = ?", number)
    assert verdict(database) == Broken(found, "a row is missing")


def test_j7_a_row_that_was_removed_and_the_others_renumbered_is_found(database: Database) -> None:
    filled(database)
    change(file_of(database), "delete from audit where seal_number = 2")
    change(file_of(database), "update audit set seal_number = seal_number - 1 where seal_number = 3")
    change(file_of(database), "update audit set seal_number = seal_number - 1 where seal_number = 4")
    seen = verdict(database)
    assert isinstance(seen, Broken)
    assert seen.number == 2


def test_j7_an_end_that_was_cut_off_is_found_by_who_noted_the_last_seal(database: Database) -> None:
    filled(database)
    before = verdict(database)
    assert isinstance(before, Intact)
    assert isinstance(verdict(database, expected=before.last_seal), Intact)
    change(file_of(database), "delete from audit where seal_number = 4")
    assert isinstance(verdict(database), Intact)
    seen = verdict(database, expected=before.last_seal)
    assert isinstance(seen, Broken)
    assert "cut off" in seen.reason


def test_j7_who_has_the_database_and_not_the_key_cannot_seal_another_story(database: Database) -> None:
    filled(database)
    change(file_of(database), "update audit set reason = 'another', seal = null, seal_number = null")
    assert database.run(lambda store: seal_pending(store.audit, STRANGER)) == 4
    assert verdict(database, hasher=STRANGER).__class__ is Intact
    assert verdict(database) == NotVerifiable((Unchecked(STRANGER.hash("x", "x").partition("$")[0], 1, 4),))


def test_j7_rows_that_a_dropped_key_sealed_are_not_verifiable_and_those_after_them_are_checked(
    database: Database,
) -> None:
    old = create_roots(SystemEntropy())
    new = create_roots(SystemEntropy())
    both = HmacSecretHasher(replace(new, verification=(*new.verification, *old.verification)))
    key_id = old.verification[0].id

    async def act(store: Store, name: str, hasher: HmacSecretHasher) -> None:
        await store.add_account(an_account(name), password_hash="h", act=Act("ben", "why"))
        await seal_pending(store.audit, hasher)

    async def scenario(store: Store) -> None:
        for name, hasher in (("a", HmacSecretHasher(old)), ("b", HmacSecretHasher(old)), ("c", both), ("d", both)):
            await act(store, name, hasher)

    database.run(scenario)
    after = HmacSecretHasher(new)
    assert isinstance(verdict(database, hasher=both), Intact)
    assert verdict(database, hasher=after) == NotVerifiable((Unchecked(key_id, 1, 2),))
    assert verdict(database, hasher=after, dropped=frozenset({"another"})) == NotVerifiable((Unchecked(key_id, 1, 2),))
    seen = verdict(database, hasher=after, dropped=frozenset({key_id}))
    assert isinstance(seen, Intact)
    assert (seen.rows, seen.unchecked) == (4, (Unchecked(key_id, 1, 2),))
    change(file_of(database), "update audit set reason = 'another' where seal_number = 3")
    assert verdict(database, hasher=after, dropped=frozenset({key_id})).__class__ is Broken
    change(file_of(database), "delete from audit where seal_number = 1")
    assert verdict(database, hasher=after) == Broken(1, "a row is missing")


def test_two_that_seal_at_once_make_one_chain(database: Database) -> None:
    async def scenario(store: Store) -> int:
        for number in range(50):
            await store.add_account(an_account(f"user-{number:04}"), password_hash="h")
        other = await open_store(database.url)
        try:
            sealed = await asyncio.gather(*(seal_pending(one.audit, HASHER) for one in (store, other, store, other)))
        finally:
            await other.close()
        return sum(sealed)

    assert database.run(scenario) == 50
    seen = verdict(database)
    assert isinstance(seen, Intact)
    assert seen.rows == 50


def test_a_row_made_by_hand_at_the_database_is_sealed_like_the_others(database: Database) -> None:
    filled(database, 1)
    change(file_of(database), "update accounts set status = 'disabled' where user_name = 'user-0000'")
    ((actor, before, after),) = rows(
        file_of(database), "select actor, before, after from audit where event = 'account.changed_by_hand'"
    )
    assert (actor, before, after) == ("database", "active", "disabled")
    sealing: Callable[[Store], Awaitable[int]] = lambda store: seal_pending(store.audit, HASHER)  # noqa: E731 - one line
    assert database.run(sealing) == 1
    assert isinstance(verdict(database), Intact)


def test_j7_a_server_seals_nothing_anew_whose_seal_was_taken_away(database: Database) -> None:
    sealer = Sealer()

    async def act(store: Store, name: str) -> None:
        await store.add_account(an_account(name), password_hash="h", act=Act("ben", "why"))

    async def before(store: Store) -> None:
        for number in range(4):
            await act(store, f"user-{number}")
        assert await seal_pending(store.audit, HASHER, sealer=sealer) == 4

    async def after(store: Store) -> None:
        await act(store, "user-5")
        assert await seal_pending(store.audit, HASHER, sealer=sealer) == 0
        assert sealer.went_back

    database.run(before)
    change(file_of(database), "delete from audit where seal_number = 2")
    change(file_of(database), "update audit set seal = null, seal_number = null where seal_number > 2")
    database.run(after)
    assert verdict(database).__class__ is Intact
    assert database.run(lambda store: store.audit.count_unsealed()) == 3


def test_j7_a_chain_that_another_node_went_on_with_is_gone_on_with(database: Database) -> None:
    one, other = Sealer(), Sealer()

    async def scenario(store: Store) -> None:
        for number, sealer in enumerate((one, other, one, one, other)):
            await store.add_account(an_account(f"user-{number}"), password_hash="h")
            assert await seal_pending(store.audit, HASHER, sealer=sealer) == 1

    database.run(scenario)
    assert isinstance(verdict(database), Intact)
