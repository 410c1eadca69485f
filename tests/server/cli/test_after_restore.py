"""`keyfob after-restore`: said once, between the restore and the start."""

import pytest

from keyfob_server.storage.sole_server import sole_server
from support_keyfob_program import Installation
from support_sql import change, value

pytestmark = pytest.mark.slow

SESSION = (
    "insert into sessions (id, account_id, account_generation, authentication, status, created, seen_at, expires) "
    "select 's' || i.number, 'a', 1, '{}', 'active', 1, 1, 1 from "
    "(with recursive n(number) as (select 1 union all select number + 1 from n where number < 1203) "
    "select number from n) i"
)
INCARNATION = "select value from settings where name = 'incarnation'"


def test_it_ends_every_sign_in_replaces_the_incarnation_and_says_what_people_will_notice(
    installation: Installation,
) -> None:
    assert change(installation.database, SESSION) == 1203
    assert change(installation.database, "insert into settings (name, value, created) values ('incarnation', 'old', 1)")
    done = installation.keyfob("after-restore")
    assert done.code == 0
    assert value(installation.database, "select count(*) from sessions where status = 'active'") == 0
    assert value(installation.database, INCARNATION) != "old"
    newest = value(installation.database, "select max(updated) from accounts")
    assert isinstance(newest, int)
    for words in (
        "The newest fact in this database is of 20",
        "1203 browser sign-ins ended.",
        "What was revoked, suspended, disabled or deleted later is active again",
    ):
        assert words in done.out
    text = "select count(*) from audit where event = 'setting.replaced'"
    assert value(installation.database, text) == 2


def test_the_incarnation_is_another_one_each_time_and_is_never_printed(installation: Installation) -> None:
    seen = set()
    for _ in range(3):
        done = installation.keyfob("after-restore", "--json")
        assert set(done.document()) == {"restored_at", "newest_fact", "sessions_ended"}
        incarnation = str(value(installation.database, INCARNATION))
        assert incarnation not in done.out
        seen.add(incarnation)
    assert len(seen) == 3


def test_it_is_refused_while_a_server_runs(installation: Installation) -> None:
    with sole_server(installation.database):
        refusal = installation.keyfob("after-restore").refusal(5)
    assert "another server is running on the database" in refusal
    assert value(installation.database, "select count(*) from settings") == 0
