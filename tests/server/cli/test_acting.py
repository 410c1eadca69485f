"""Commands that work on a database, and what they say when it cannot be used."""

import getpass

import pytest

from keyfob_server.cli.acting import actor
from support_keyfob_program import Installation
from support_sqlite_faults import sqlite_shell

pytestmark = pytest.mark.slow


def test_an_unusable_database_is_one_line_and_exit_code_5(installation: Installation) -> None:
    installation.database.write_bytes(b"this is no database, whatever else it may be" * 100)
    for command in (["account", "list"], ["instance", "list"], ["migrate"]):
        assert "file is not a database" in installation.keyfob(*command).refusal(5)
    installation.database.unlink()
    assert "run `keyfob migrate`" in installation.keyfob("account", "list").refusal(5)


def test_a_locked_database_is_one_line_and_exit_code_5_and_nothing_was_changed(installation: Installation) -> None:
    installation.add_owner("anna", "i-1")
    with sqlite_shell(installation.database) as shell:
        assert shell.say("begin immediate;") == []
        installation.keyfob("instance", "revoke", "i-1").refusal(5)
        assert shell.say("rollback;") == []
    assert installation.statuses() == {"i-1": "active"}
    assert installation.keyfob("instance", "revoke", "i-1").code == 0


def test_the_actor_is_the_user_of_the_system_as_far_as_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert actor() == f"command line: {getpass.getuser()}"
    monkeypatch.setenv("LOGNAME", "anna")
    assert actor() == "command line: anna"


def test_a_user_without_a_name_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)
    assert actor() == "command line"
