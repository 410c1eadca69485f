"""`keyfob sweep`: what a running server does by itself, now, or only said."""

import pytest

from support_keyfob_program import Installation
from support_sql import change, value

pytestmark = pytest.mark.slow

OLD = """
    insert into sessions (id, account_id, account_generation, authentication, status, created, seen_at, expires)
    values ('old', 'a', 1, '{}', 'active', 1, 1, 2)
"""
CONSENT = """
    insert into consents (account_id, client_id, scope, redirect_hash, account_generation, client_generation,
        template_generation, created, expires)
    values ('a', ?, 'openid', '', 1, 1, 0, 1, ?)
"""


def test_a_dry_run_counts_and_the_real_one_removes_what_was_counted(installation: Installation) -> None:
    database = installation.folder / "keyfob.db"
    change(database, OLD)
    # one ended, and one is of an account and a client that are gone
    for client, expires in (("old", 2), ("gone", 2**40)):
        change(database, CONSENT, client, expires)
    dry = installation.keyfob("sweep", "--dry-run", "--json").document()
    assert dry["dry_run"] is True
    assert value(database, "select count(*) from sessions") == 1
    assert value(database, "select count(*) from consents") == 2
    done = installation.keyfob("sweep", "--json").document()
    assert (done["removed"], done["dead_consents"]) == (dry["removed"], 1)
    assert dry["dead_consents"] == 1
    assert done["removed"] == {
        "sessions": 1,
        "revoked_tokens": 0,
        "initial_tokens": 0,
        "grants": 0,
        "dead_grants": 0,
        "initial_grants": 0,
        "tombstones": 0,
        "consents": 1,
        "sign_in_failures": 0,
    }
    assert value(database, "select count(*) from sessions") == 0
    assert value(database, "select count(*) from consents") == 0


def test_people_read_a_table(installation: Installation) -> None:
    assert "WOULD END" in installation.keyfob("sweep", "--dry-run").out
    shown = installation.keyfob("sweep").out
    assert "instances that nobody used for long" in shown
    assert "browser sign-ins that ended" in shown
    assert "consents of what is gone or changed" in shown
