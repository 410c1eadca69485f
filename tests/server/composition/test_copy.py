"""A lived-in installation moves to the other engine, and its apps and people notice nothing."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from keyfob_server.composition.audit_acts import verify_audit
from keyfob_server.composition.copy import CopyRefused, copy_installation
from keyfob_server.composition.demo import seed
from keyfob_server.composition.keys import load_roots
from keyfob_server.crypto.secrets import HmacSecretHasher
from keyfob_server.endpoints.audit import Intact, seal_pending
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.policy import Paths
from keyfob_server.settings import Settings
from keyfob_server.storage.migrate import sqlite_path
from support_app import Clock, Instance, Keyfob, basic
from support_copies import empty, quietly
from support_keys import opened, tools_of
from support_restore import Held, hold_one_of_each, settings_in
from support_sql import set_status

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Lived:
    settings: Settings
    held: Held
    spent: str
    """A refresh token that was rotated away long before the copy."""
    off: Held
    """Of an instance that is switched off."""


@pytest.fixture
def lived(tmp_path: Path) -> Lived:
    """Ten minutes of the demo on SQLite: sign-ins, refreshes, something switched off, an audit that was sealed."""
    settings, clock = settings_in(tmp_path / "keyfob"), Clock()
    clock.forward(-600)
    with opened(settings, clock) as keyfob:
        keyfob.run(seed(keyfob.installation))
        held, off = hold_one_of_each(keyfob), hold_one_of_each(keyfob)
        spent = held.tokens.refresh_token
        for _ in range(3):
            clock.forward(150)
            answer = keyfob.refresh(held.instance, held.tokens.refresh_token).json()
            held = replace(held, tokens=replace(held.tokens, refresh_token=answer["refresh_token"]))
        clock.now = Clock().now
        answer = keyfob.refresh(held.instance, held.tokens.refresh_token).json()
        newest = replace(held.tokens, refresh_token=answer["refresh_token"], access_token=answer["access_token"])
        held = replace(held, tokens=newest)
        set_status(sqlite_path(settings.database_url), off.instance.client_id, "inactive")
        hasher = HmacSecretHasher(load_roots(settings))
        assert keyfob.run(seal_pending(keyfob.installation.store.audit, hasher)) > 0
    return Lived(settings, held, spent, off)


def active(keyfob: Keyfob, instance: Instance, token: str) -> bool:
    headers = basic(instance.client_id, instance.client_secret)
    document = keyfob.request("POST", Paths().introspect, data={"token": token}, headers=headers).json()
    return document["active"] is True


def check_that_nothing_was_noticed(lived: Lived, settings: Settings) -> None:
    held = lived.held
    with opened(settings, Clock()) as keyfob:
        assert active(keyfob, held.instance, held.tokens.access_token)
        assert keyfob.userinfo(held.tokens.access_token).status_code == 200
        answer = keyfob.refresh(held.instance, held.tokens.refresh_token)
        assert answer.status_code == 200
        assert keyfob.refresh(lived.off.instance, lived.off.tokens.refresh_token).status_code in {400, 401}
        verdict = keyfob.run(verify_audit(tools_of(keyfob.installation), settings, expected="", dropped=frozenset()))
        assert isinstance(verdict, Intact)
        # registering again, with the keys and clients that were copied
        keyfob.tokens(keyfob.new_instance())
        # what was known as spent is known as spent: the grant dies of it
        assert keyfob.refresh(held.instance, lived.spent).status_code == 400
        assert keyfob.refresh(held.instance, answer.json()["refresh_token"]).status_code == 400


def test_on_postgresql_and_back_again_tokens_live_and_the_audit_is_whole(lived: Lived, tmp_path: Path) -> None:
    there, back = empty("postgresql", tmp_path, "there"), f"sqlite:///{tmp_path / 'back.db'}"
    counts = copy_installation(lived.settings.database_url, there, quietly)
    assert counts["dynamically_registered_clients"] == 2
    assert counts["delegations"] >= 2
    assert min(counts["signing_keys"], counts["audit"], counts["sessions"], counts["settings"]) > 0
    assert copy_installation(there, back, quietly) == counts
    check_that_nothing_was_noticed(lived, replace(lived.settings, database_url=there))
    check_that_nothing_was_noticed(lived, replace(lived.settings, database_url=back))


def test_a_copy_that_a_server_has_run_on_is_no_target_any_more(lived: Lived, tmp_path: Path) -> None:
    target = empty("postgresql", tmp_path, "target")
    with opened(replace(lived.settings, database_url=target), Clock()):
        pass
    with pytest.raises(CopyRefused, match=r"is not empty \(there are rows in settings, signing_keys"):
        copy_installation(lived.settings.database_url, target, quietly)


def test_a_source_that_is_damaged_is_unavailable_and_the_target_stays_empty(lived: Lived, tmp_path: Path) -> None:
    path = sqlite_path(lived.settings.database_url)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * (path.stat().st_size - 3 * 4096))
    target = empty("postgresql", tmp_path, "target")
    with pytest.raises(StorageUnavailable):
        copy_installation(lived.settings.database_url, target, quietly)
    sound = settings_in(tmp_path / "another")
    with opened(sound, Clock()):
        pass
    assert copy_installation(sound.database_url, target, quietly)["signing_keys"] > 0
