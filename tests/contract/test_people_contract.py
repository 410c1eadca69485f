"""The verbs over accounts, passwords and sessions."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import AccountId, SessionId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.records import Account
from keyfob_server.rules.sign_in_record import SignInRecord
from support_engines import Database
from support_stored_records import a_session, an_account

ID = SessionId("session-1")


def test_sign_in_finds_account_and_hash_by_user_name(database: Database) -> None:
    async def scenario(store: Store) -> SignInRecord:
        await store.add_account(an_account(), password_hash="hash")
        return await store.find_sign_in("anna")

    assert database.run(scenario, lambda: 42) == SignInRecord(42, an_account(), "hash")


@pytest.mark.parametrize("user_name", ["", "Anna", "anna ", "ann", "anna' or '1'='1", "%"])
def test_no_other_user_name_finds_it(database: Database, user_name: str) -> None:
    async def scenario(store: Store) -> SignInRecord:
        await store.add_account(an_account(), password_hash="hash")
        return await store.find_sign_in(user_name)

    assert database.run(scenario, lambda: 42) == SignInRecord(42, None, "")


@pytest.mark.parametrize(
    "second",
    [an_account(account_id="other"), an_account("ben", account_id="account-of-anna")],
    ids=["user name", "id"],
)
def test_neither_a_user_name_nor_an_id_is_given_twice(database: Database, second: Account) -> None:
    async def scenario(store: Store) -> tuple[SignInRecord, list[Account]]:
        assert await store.add_account(an_account(status="inactive"), password_hash="hash")
        assert not await store.add_account(second, password_hash="stolen")
        return await store.find_sign_in("anna"), await store.list_accounts()

    record, accounts = database.run(scenario)
    assert record.password_hash == "hash"
    assert accounts == [an_account(status="inactive")]


def test_a_new_password_raises_the_generation(database: Database) -> None:
    async def scenario(store: Store) -> SignInRecord:
        await store.add_account(an_account(), password_hash="old")
        assert await store.set_password("anna", password_hash="new")
        return await store.find_sign_in("anna")

    record = database.run(scenario)
    assert (record.account, record.password_hash) == (replace(an_account(), generation=2), "new")


def test_an_unknown_account_gets_neither_password_nor_status(database: Database) -> None:
    async def scenario(store: Store) -> list[bool]:
        return [
            await store.set_password("nobody", password_hash="new"),
            await store.set_account_status("nobody", "inactive"),
        ]

    assert database.run(scenario) == [False, False]


def test_a_change_of_status_raises_the_generation(database: Database) -> None:
    async def scenario(store: Store) -> Account | None:
        await store.add_account(an_account(), password_hash="hash")
        assert await store.set_account_status("anna", "inactive")
        return (await store.find_sign_in("anna")).account

    assert database.run(scenario) == replace(an_account(), status="inactive", generation=2)


def test_a_rehash_replaces_only_the_hash_that_was_verified_and_kills_nothing(database: Database) -> None:
    async def scenario(store: Store) -> list[SignInRecord]:
        await store.add_account(an_account(), password_hash="old")
        await store.replace_password_hash(AccountId("account-of-anna"), old="another", new="wrong")
        first = await store.find_sign_in("anna")
        await store.replace_password_hash(AccountId("account-of-anna"), old="old", new="newer")
        return [first, await store.find_sign_in("anna")]

    records = database.run(scenario)
    assert [record.password_hash for record in records] == ["old", "newer"]
    assert all(record.account == an_account() for record in records)


def test_accounts_are_listed_by_user_name_page_after_page(database: Database) -> None:
    async def scenario(store: Store) -> list[list[str]]:
        for user_name in ("cleo", "Zoe", "anna", "ben"):
            await store.add_account(an_account(user_name), password_hash="hash")
        pages = [await store.list_accounts(limit=3), await store.list_accounts(after="ben", limit=3)]
        return [[account.user_name for account in page] for page in pages]

    assert database.run(scenario) == [["Zoe", "anna", "ben"], ["cleo"]]


def test_a_session_is_touched_forwards_only(database: Database) -> None:
    async def scenario(store: Store) -> list[int]:
        await store.add_session(a_session())
        seen = []
        for seen_at in (1500, 1200, 1600):
            await store.touch_session(ID, seen_at=seen_at)
            session = (await store.load(session_id=ID)).session
            assert session is not None
            seen.append(session.seen_at)
        return seen

    assert database.run(scenario) == [1500, 1500, 1600]


def test_a_session_ends_once_and_stays_ended(database: Database) -> None:
    async def scenario(store: Store) -> list[bool]:
        await store.add_session(a_session())
        ended = [await store.end_session(ID), await store.end_session(ID), await store.end_session(SessionId("x"))]
        await store.touch_session(ID, seen_at=4000)
        session = (await store.load(session_id=ID)).session
        assert session == replace(a_session(), status="ended")
        return ended

    assert database.run(scenario) == [True, False, False]


def test_a_session_id_cannot_be_taken_over(database: Database) -> None:
    async def scenario(store: Store) -> None:
        await store.add_session(a_session())
        with pytest.raises(ValueError, match="exists"):
            await store.add_session(a_session(user_name="mallory"))
        assert (await store.load(session_id=ID)).session == a_session()

    database.run(scenario)
