"""`keyfob audit ...`: who did what, and whether the rows are still as they were."""

import asyncio
import re

import pytest

from keyfob_server.composition.keys import load_roots
from keyfob_server.crypto.secrets import HmacSecretHasher
from keyfob_server.endpoints.audit import seal_pending
from keyfob_server.settings import load_settings
from keyfob_server.storage.migrate import sqlite_path
from keyfob_server.storage.sqlite import open_sqlite
from support_keyfob_program import Installation
from support_sql import change

pytestmark = pytest.mark.slow


def seal(installation: Installation) -> None:
    """As a running server does it."""
    settings = load_settings(installation.folder / "keyfob.toml", {})

    async def sealed() -> None:
        store = await open_sqlite(sqlite_path(settings.database_url))
        try:
            assert await seal_pending(store.audit, HmacSecretHasher(load_roots(settings)))
        finally:
            await store.close()

    asyncio.run(sealed())


def test_acts_are_listed_newest_first_with_who_and_why(installation: Installation) -> None:
    installation.keyfob("account", "disable", "admin")
    installation.keyfob("account", "enable", "admin")
    acts = installation.keyfob("audit", "list", "--json").document()["acts"]
    assert isinstance(acts, list)
    assert [(act["event"], act["before"], act["after"]) for act in acts[:2]] == [
        ("account.status_changed", "inactive", "active"),
        ("account.status_changed", "active", "inactive"),
    ]
    assert acts[0]["by"].startswith("command line")
    text = installation.keyfob("audit", "list", "--of", "account", "admin", "--limit", "2")
    assert "active -> inactive" in text.out
    assert re.fullmatch(r"There may be more: --before [0-9a-f]{32}\n", text.err)
    rest = installation.keyfob("audit", "list", "--of", "account", "admin", "--before", text.err.split()[-1])
    assert "account.added" in rest.out
    assert "account.status_changed" not in rest.out


def test_a_chain_that_holds_says_so_and_gives_its_last_seal(installation: Installation) -> None:
    seal(installation)
    done = installation.keyfob("audit", "verify")
    assert re.match(r"\d+ rows? as they were sealed, and 0 newer that will be\.\nLast seal: \S+\n$", done.out)
    last = done.out.split()[-1]
    assert installation.keyfob("audit", "verify", "--seal", last, "--json").document()["last_seal"] == last


def test_j7_a_row_that_was_changed_or_an_end_that_was_cut_off_is_one_line_and_exit_code_1(
    installation: Installation,
) -> None:
    seal(installation)
    last = str(installation.keyfob("audit", "verify", "--json").document()["last_seal"])
    database = installation.folder / "keyfob.db"
    change(database, "update audit set actor = 'nobody' where seal_number = 1")
    assert installation.keyfob("audit", "verify").refusal(1).startswith("the audit is broken at row 1: ")
    change(database, "delete from audit")
    assert "the seal that was noted down is not there" in installation.keyfob(
        "audit", "verify", "--seal", last
    ).refusal(1)


def test_j7_after_a_verification_key_was_dropped_the_audit_says_what_it_cannot_check_and_is_not_broken(
    installation: Installation,
) -> None:
    seal(installation)
    sealed = installation.keyfob("audit", "verify", "--json").document()
    key_id = str(sealed["last_seal"]).partition("$")[0]
    root = ("--root", "verification")
    for command in (("rotate",), ("rotate", "--promote"), ("drop", key_id, "--yes")):
        assert installation.keyfob("master-key", command[0], *root, *command[1:]).code == 0
    seal(installation)
    refusal = installation.keyfob("audit", "verify").refusal(1)
    assert refusal.startswith(f"not verifiable: rows 1 to {sealed['rows']} were sealed by the key {key_id}")
    assert refusal.endswith(f"If you dropped that key yourself, say --dropped {key_id}")
    done = installation.keyfob("audit", "verify", "--dropped", key_id)
    assert done.out.startswith("3 rows as they were sealed, and 0 newer that will be.\nNot checked: rows 1 to ")
    document = installation.keyfob("audit", "verify", "--dropped", key_id, "--json").document()
    assert document["unchecked"] == [{"key": key_id, "first": 1, "last": sealed["rows"]}]
