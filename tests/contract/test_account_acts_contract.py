"""What the admin pages read of accounts, and do to them."""

import pytest

from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from support_engines import Database
from support_stored_records import an_account

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
        done = await store.account_acts.sign_out_everywhere("anna", act=ACT)
        unknown = await store.account_acts.sign_out_everywhere("nobody", act=ACT)
        account = (await store.find_sign_in("anna")).account
        assert account is not None
        told = await store.audit.list_audit_of("account", "anna")
        found = [(row.event, row.by, row.reason) for row in told if row.event != "account.added"]
        return done, unknown, account.generation, account.status, found

    told = [("account.signed_out_everywhere", "admin page: ben", "a try")]
    assert database.run(scenario) == (True, False, 2, "active", told)
