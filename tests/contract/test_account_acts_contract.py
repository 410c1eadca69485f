"""What the admin pages read of accounts, and do to them."""

import asyncio
from dataclasses import replace

import pytest

from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from support_engines import Database
from support_stored_records import a_session, an_account

BEN = replace(an_account("ben"), roles=("owner",))
ACT = Act("admin page: ben", "a try", "192.0.2.1")


@pytest.mark.parametrize(
    ("prefix", "after", "expected"),
    [
        ("", "", ["ann", "anna", "ben"]),
        ("an", "", ["ann", "anna"]),
        ("AN", "", ["ann", "anna"]),
        ("an", "ann", ["anna"]),
        ("", "anna", ["ben"]),
        ("z", "", []),
        ("%", "", []),
        ("_", "", []),
        ("'", "", []),
    ],
)
def test_accounts_are_found_by_how_their_name_begins(
    database: Database, prefix: str, after: str, expected: list[str]
) -> None:
    async def scenario(store: Store) -> list[str]:
        for name in ("ben", "anna", "ann"):
            await store.add_account(an_account(name), password_hash="hash")
        return [one.user_name for one in await store.account_acts.search(prefix, after=after)]

    assert database.run(scenario) == expected


def test_no_page_is_longer_than_was_asked_for(database: Database) -> None:
    async def scenario(store: Store) -> list[int]:
        for number in range(5):
            await store.add_account(an_account(f"a{number}"), password_hash="hash")
        return [len(await store.account_acts.search("", limit=limit)) for limit in (2, 0, -1, 10**9)]

    assert database.run(scenario) == [2, 1, 1, 5]


def test_signing_out_everywhere_raises_the_generation_and_leaves_status_and_a_trace(database: Database) -> None:
    async def scenario(store: Store) -> tuple[bool, bool, int, str, list[tuple[str, str, str]]]:
        await store.add_account(an_account(), password_hash="hash")
        await store.add_account(BEN, password_hash="hash")
        done = await store.account_acts.sign_out_everywhere("anna", by=BEN, act=ACT)
        unknown = await store.account_acts.sign_out_everywhere("nobody", by=BEN, act=ACT)
        account = (await store.find_sign_in("anna")).account
        assert account is not None
        told = await store.audit.list_audit_of("account", "anna")
        found = [(row.event, row.by, row.reason) for row in told if row.event != "account.added"]
        return done, unknown, account.generation, account.status, found

    told = [("account.signed_out_everywhere", "admin page: ben", "a try")]
    assert database.run(scenario) == (True, False, 2, "active", told)


def test_a_status_is_set_with_a_trace_and_what_was_signed_in_dies(database: Database) -> None:
    async def scenario(store: Store) -> tuple[bool, bool, str, int, list[tuple[str, str, str]]]:
        await store.add_account(an_account(), password_hash="hash")
        await store.add_account(BEN, password_hash="hash")
        done = await store.account_acts.set_status("anna", "inactive", by=BEN, act=ACT)
        unknown = await store.account_acts.set_status("nobody", "inactive", by=BEN, act=ACT)
        account = (await store.find_sign_in("anna")).account
        assert account is not None
        told = await store.audit.list_audit_of("account", "anna")
        found = [(row.event, row.before, row.after) for row in told if row.event != "account.added"]
        return done, unknown, account.status, account.generation, found

    told = [("account.status_changed", "active", "inactive")]
    assert database.run(scenario) == (True, False, "inactive", 2, told)


@pytest.mark.parametrize("moved", ["status", "generation", "roles"])
def test_whose_own_account_moved_changes_no_other(database: Database, moved: str) -> None:
    judged = {
        "status": BEN,
        "generation": replace(BEN, generation=BEN.generation + 1),
        "roles": replace(BEN, roles=("owner", "support")),
    }[moved]

    async def scenario(store: Store) -> tuple[bool, bool, list[str]]:
        await store.add_account(an_account(), password_hash="hash")
        await store.add_account(replace(BEN, status="inactive" if moved == "status" else BEN.status), password_hash="h")
        disabled = await store.account_acts.set_status("anna", "inactive", by=judged, act=ACT)
        signed_out = await store.account_acts.sign_out_everywhere("anna", by=judged, act=ACT)
        account = (await store.find_sign_in("anna")).account
        assert account is not None
        assert (account.status, account.generation) == ("active", 1)
        told = await store.audit.list_audit_of("account", "anna")
        return disabled, signed_out, [row.event for row in told]

    assert database.run(scenario) == (False, False, ["account.added"])


def test_of_two_who_take_each_other_out_at_one_moment_one_stays(database: Database) -> None:
    async def scenario(store: Store) -> list[list[str]]:
        stayed = []
        for number in range(10):
            one, other = (replace(an_account(f"{name}{number}"), roles=("owner",)) for name in ("one", "other"))
            for account in (one, other):
                await store.add_account(account, password_hash="hash")
            await asyncio.gather(
                store.account_acts.set_status(one.user_name, "inactive", by=other, act=ACT),
                store.account_acts.set_status(other.user_name, "inactive", by=one, act=ACT),
            )
            found = [(await store.find_sign_in(account.user_name)).account for account in (one, other)]
            stayed.append(sorted(account.status for account in found if account))
        return stayed

    assert database.run(scenario) == [["active", "inactive"]] * 10


def test_an_administrators_session_begins_and_ends_with_a_row_each_and_ends_the_one_before(database: Database) -> None:
    first, second = a_session("s-1"), a_session("s-2")

    async def scenario(store: Store) -> tuple[list[bool], list[str], list[tuple[str, str]]]:
        acts = store.account_acts
        await acts.add_administrator_session(first, user_name="ben", role="owner", replaces=None, act=ACT)
        await acts.add_administrator_session(second, user_name="ben", role="owner", replaces=first.id, act=ACT)
        with pytest.raises(ValueError, match="exists"):
            await acts.add_administrator_session(second, user_name="ben", role="owner", replaces=None, act=ACT)
        ended = [await acts.end_administrator_session(second.id, user_name="ben", act=ACT) for _ in range(2)]
        found = [(await store.load(session_id=one.id)).session for one in (first, second)]
        told = await store.audit.list_audit_of("account", "ben")
        return ended, [one.status for one in found if one], [(row.event, row.after) for row in told]

    rows = [("admin.signed_out", ""), ("admin.signed_in", "owner"), ("admin.signed_in", "owner")]
    assert database.run(scenario) == ([True, False], ["ended", "ended"], rows)
