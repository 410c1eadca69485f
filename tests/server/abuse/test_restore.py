"""A backup is restored: what was given out after it was taken dies or is forgiven once, and what was killed is back."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from keyfob_server.composition.demo import seed
from keyfob_server.composition.restore import RestoreDeclared
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.migrate import sqlite_path
from keyfob_server.storage.sole_server import sole_server
from support_app import Clock, Keyfob, Pkce, answer_of, bearer, path_of
from support_keys import opened
from support_management import managed
from support_restore import Held, back_up, declare, hold_one_of_each, restore, settings_in
from support_sql import change, rows, set_status, value


@dataclass(frozen=True, slots=True)
class Drill:
    """The server that runs on the restored database."""

    keyfob: Keyfob
    held: Held
    """Before the backup."""
    newer: str
    """The refresh token of `held` after two more refreshes."""
    between: str
    """The one that it replaced, which was spent after the backup."""
    revoked: Held
    """An instance that was revoked after the backup."""
    later: Held
    """Registered and signed in after the backup."""
    declared: RestoreDeclared
    backed_up_at: int


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Drill]:
    """Everything within seconds, so that no lifetime is what kills."""
    settings, copy = settings_in(tmp_path / "keyfob"), tmp_path / "backup.db"
    clock = Clock(int(time.time()) - 30)
    with opened(settings, clock) as keyfob:
        keyfob.run(seed(keyfob.installation))
        held, revoked = hold_one_of_each(keyfob), hold_one_of_each(keyfob)
        # The demo's accounts are of this machine's time.
        assert change(keyfob.database, "update accounts set updated = ?", clock.now)
        back_up(keyfob.database, copy)
        backed_up_at = clock.now
        clock.forward(10)
        between = keyfob.refresh(held.instance, held.tokens.refresh_token).json()["refresh_token"]
        newer = keyfob.refresh(held.instance, between).json()["refresh_token"]
        set_status(keyfob.database, revoked.instance.client_id, "revoked")
        assert keyfob.refresh(revoked.instance, revoked.tokens.refresh_token).status_code == 400
        later = hold_one_of_each(keyfob)
    restore(copy, sqlite_path(settings.database_url))
    declared = declare(settings)
    clock.now = int(time.time()) + 1
    with opened(settings, clock) as restored:
        yield Drill(restored, held, newer, between, revoked, later, declared, backed_up_at)


def test_m10_codes_access_tokens_and_initial_tokens_from_before_are_dead(drill: Drill) -> None:
    for held in (drill.held, drill.later):
        assert drill.keyfob.userinfo(held.tokens.access_token).status_code == 401
        assert drill.keyfob.register(held.initial_token).status_code == 401
    answer = drill.keyfob.redeem(drill.held.instance, drill.held.code, drill.held.pkce)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_m10_browsers_are_signed_out(drill: Drill) -> None:
    assert value(drill.keyfob.database, "select count(*) from sessions where status = 'active'") == 0
    assert drill.declared.sessions_ended == 4
    browser = drill.keyfob.browser()
    browser.cookies.update(drill.held.browser.cookies)
    asked = drill.keyfob.authorize(browser, Pkce(), client_id=drill.held.instance.client_id, prompt="none")
    assert answer_of(asked)["error"] == "login_required"


def test_m10_a_refresh_token_newer_than_the_database_is_accepted_once(drill: Drill) -> None:
    keyfob, instance = drill.keyfob, drill.held.instance
    answer = keyfob.refresh(instance, drill.newer)
    assert answer.status_code == 200, answer.text
    assert keyfob.userinfo(answer.json()["access_token"]).status_code == 200
    # The answer may be lost as any other, and the next one is ordinary.
    repeated = keyfob.refresh(instance, drill.newer)
    assert repeated.json()["refresh_token"] == answer.json()["refresh_token"]
    assert keyfob.refresh(instance, answer.json()["refresh_token"]).status_code == 200


def test_m10_a_second_token_from_the_lost_time_is_an_alarm(drill: Drill) -> None:
    keyfob, instance = drill.keyfob, drill.held.instance
    first = keyfob.refresh(instance, drill.between)
    assert first.status_code == 200
    # Whoever came first with a spent one now holds what the app holds; the next spent one gives both away.
    assert first.json()["refresh_token"] == drill.newer
    assert keyfob.refresh(instance, drill.newer).status_code == 200
    keyfob.clock.forward(keyfob.installation.settings.policy.refresh_repeat_window_s + 1)
    again = keyfob.refresh(instance, drill.between)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    text = "select status, status_reason from delegations where client_id = ?"
    assert ("revoked", "refresh token reuse: old") in rows(keyfob.database, text, instance.client_id)


def test_m10_a_token_ahead_of_a_counter_that_moved_since_revokes(drill: Drill) -> None:
    keyfob, instance = drill.keyfob, drill.held.instance
    assert keyfob.refresh(instance, drill.held.tokens.refresh_token).status_code == 200
    ahead = keyfob.refresh(instance, drill.newer)
    assert (ahead.status_code, ahead.json()["error"]) == (400, "invalid_grant")
    text = "select status, status_reason from delegations where client_id = ? and refresh_counter = 1"
    assert rows(keyfob.database, text, instance.client_id) == [("revoked", "refresh token reuse: ahead")]


def test_m10_what_was_registered_after_the_backup_is_unknown_and_registers_again(drill: Drill) -> None:
    answer = drill.keyfob.refresh(drill.later.instance, drill.later.tokens.refresh_token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    path = path_of(str(drill.later.instance.document["registration_client_uri"]))
    assert drill.keyfob.request("GET", path, headers=bearer(drill.later.registration_token)).status_code == 401
    assert managed(drill.keyfob).read().status_code == 200


def test_m10_what_was_revoked_after_the_backup_is_back_until_somebody_revokes_it_again(drill: Drill) -> None:
    """No database can know what happened to it later: the command says so, and up to when this one knows."""
    keyfob, revoked = drill.keyfob, drill.revoked
    assert drill.declared.newest_fact == drill.backed_up_at
    answer = keyfob.refresh(revoked.instance, revoked.tokens.refresh_token)
    assert answer.status_code == 200
    set_status(keyfob.database, revoked.instance.client_id, "revoked")
    again = keyfob.refresh(revoked.instance, answer.json()["refresh_token"])
    assert (again.json()["error"], again.json()["client_status"]) == ("invalid_grant", "revoked")


def test_m7_without_the_declaration_a_token_from_the_lost_time_revokes_its_grant(tmp_path: Path) -> None:
    settings, copy, clock = settings_in(tmp_path / "keyfob"), tmp_path / "backup.db", Clock()
    with opened(settings, clock) as keyfob:
        keyfob.run(seed(keyfob.installation))
        held = hold_one_of_each(keyfob)
        back_up(keyfob.database, copy)
        newer = keyfob.refresh(held.instance, held.tokens.refresh_token).json()["refresh_token"]
    restore(copy, sqlite_path(settings.database_url))
    with opened(settings, clock) as keyfob:
        assert keyfob.refresh(held.instance, newer).json()["error"] == "invalid_grant"
        text = "select status_reason from delegations where client_id = ? and status = 'revoked'"
        assert rows(keyfob.database, text, held.instance.client_id) == [("refresh token reuse: ahead",)]
        assert keyfob.userinfo(held.tokens.access_token).status_code == 401


def test_m7_a_restore_is_not_declared_while_a_server_runs(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with opened(settings, Clock()) as keyfob:
        before = keyfob.run(keyfob.installation.store.get_setting("incarnation"))
    with (
        sole_server(sqlite_path(settings.database_url)),
        pytest.raises(StorageUnavailable, match="another server is running"),
    ):
        declare(settings)
    with opened(settings, Clock()) as keyfob:
        assert keyfob.run(keyfob.installation.store.get_setting("incarnation")) == before
    declare(settings)
    with opened(settings, Clock()) as keyfob:
        assert keyfob.run(keyfob.installation.store.get_setting("incarnation")) != before
