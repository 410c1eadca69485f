"""A running server takes the keys that somebody changed, and keeps what it has where the new ones are no good."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from keyfob_server.composition.demo import seed
from keyfob_server.composition.root_key_acts import (
    RootKeyDropped,
    WouldKill,
    add_root_key,
    drop_root_key,
    list_root_keys,
    promote_root_key,
)
from keyfob_server.composition.signing_key_acts import KeyInUse, KeyWithdrawn, NoSuchKey, list_keys, withdraw_key
from keyfob_server.crypto.root_rotation import RootName, RotationRefused
from keyfob_server.ports.key_storage import BoundToKey
from keyfob_server.storage.sqlite import SOUND_S
from support_app import Clock, Keyfob
from support_keys import ACT, kid_of, look_again, opened, publish, published_keys, tools_of
from support_restore import Held, hold_one_of_each, settings_in
from support_sql import value


@pytest.fixture
def keyfob(tmp_path: Path) -> Iterator[Keyfob]:
    with opened(settings_in(tmp_path), Clock()) as keyfob:
        keyfob.run(seed(keyfob.installation))
        yield keyfob


@pytest.fixture
def held(keyfob: Keyfob) -> Held:
    return hold_one_of_each(keyfob)


def rotate(keyfob: Keyfob, root: RootName) -> str:
    """Add and promote, and have the server look after each; the id of the new key."""
    tools, settings = tools_of(keyfob.installation), keyfob.installation.settings
    added = keyfob.run(add_root_key(tools, settings, root, act=ACT))
    look_again(keyfob)
    assert keyfob.run(promote_root_key(tools, settings, root, act=ACT)).id == added.id
    look_again(keyfob)
    return added.id


def drop(keyfob: Keyfob, root: RootName, key_id: str, *, confirmed: bool = False) -> RootKeyDropped | WouldKill:
    tools, settings = tools_of(keyfob.installation), keyfob.installation.settings
    done = keyfob.run(drop_root_key(tools, settings, root, key_id, confirmed=confirmed, act=ACT))
    look_again(keyfob)
    return done


def roles(keyfob: Keyfob, root: str) -> dict[str, str]:
    return {one.id: one.role for one in list_root_keys(keyfob.installation.settings) if one.root == root}


def test_what_was_sealed_before_a_rotation_opens_after_it_and_dies_with_the_dropped_key(
    keyfob: Keyfob, held: Held
) -> None:
    (old,) = roles(keyfob, "sealing")
    new = rotate(keyfob, "sealing")
    assert roles(keyfob, "sealing") == {new: "makes", old: "opens"}
    assert keyfob.userinfo(held.tokens.access_token).status_code == 200
    later = keyfob.tokens(held.instance).access_token
    assert drop(keyfob, "sealing", old) == RootKeyDropped(old)
    assert keyfob.userinfo(held.tokens.access_token).status_code == 401
    assert keyfob.redeem(held.instance, held.code, held.pkce).json()["error"] == "invalid_grant"
    assert keyfob.userinfo(later).status_code == 200
    # Sealing keys hold nothing that lasts: the app goes on.
    assert keyfob.refresh(held.instance, held.tokens.refresh_token).status_code == 200


def test_secrets_passwords_and_refresh_tokens_move_to_the_new_verification_key_when_they_are_written(
    keyfob: Keyfob, held: Held
) -> None:
    (old,) = roles(keyfob, "verification")
    new = rotate(keyfob, "verification")
    moved = keyfob.refresh(held.instance, held.tokens.refresh_token)
    assert moved.status_code == 200
    text = "select secret_hash from credentials c join accounts a on a.id = c.account_id where a.user_name = 'demouser'"
    assert str(value(keyfob.database, text)).startswith(f"{old}:")
    fresh = hold_one_of_each(keyfob)
    assert str(value(keyfob.database, text)).startswith(f"{new}:")
    secret = "select client_secret from dynamically_registered_clients where client_id = ?"
    assert str(value(keyfob.database, secret, held.instance.client_id)).startswith(f"{old}$")
    assert str(value(keyfob.database, secret, fresh.instance.client_id)).startswith(f"{new}$")
    warned = drop(keyfob, "verification", old)
    # The demo's administrator has not signed in since, and its issuer of initial tokens has its secret.
    assert warned == WouldKill(BoundToKey(client_secrets=1, registration_tokens=1, static_clients=1, passwords=1))
    assert keyfob.refresh(held.instance, moved.json()["refresh_token"]).status_code == 200
    assert drop(keyfob, "verification", old, confirmed=True) == RootKeyDropped(old)
    assert keyfob.refresh(held.instance, moved.json()["refresh_token"]).status_code == 401
    assert keyfob.refresh(fresh.instance, fresh.tokens.refresh_token).status_code == 200


def test_signing_keys_survive_the_verification_key_that_they_were_made_under(keyfob: Keyfob, held: Held) -> None:
    (old,) = roles(keyfob, "verification")
    rotate(keyfob, "verification")
    drop(keyfob, "verification", old, confirmed=True)
    assert keyfob.installation.services.signer.verify(held.tokens.id_token) is not None
    with opened(keyfob.installation.settings, keyfob.clock) as started_again:
        assert published_keys(started_again) == published_keys(keyfob)


def test_a_verification_key_may_be_dropped_without_having_been_promoted_away_from(keyfob: Keyfob, held: Held) -> None:
    """The waiting key makes at once, and the signing keys are under it before the old one is gone."""
    tools, settings = tools_of(keyfob.installation), keyfob.installation.settings
    (old,) = roles(keyfob, "verification")
    added = keyfob.run(add_root_key(tools, settings, "verification", act=ACT))
    drop(keyfob, "verification", old, confirmed=True)
    assert roles(keyfob, "verification") == {added.id: "makes"}
    assert keyfob.installation.services.signer.verify(held.tokens.id_token) is not None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_text("{"),
        lambda path: path.unlink(),
        lambda path: path.chmod(0o644),
        lambda path: path.write_text(json.dumps(json.loads(path.read_text()) | {"pairwise": []})),
    ],
    ids=["torn", "gone", "open to others", "without a pairwise key"],
)
def test_a_broken_key_file_is_one_line_of_the_log_and_the_old_keys_stay(
    keyfob: Keyfob, held: Held, spoil: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    key_file = keyfob.installation.settings.key_file
    good = key_file.read_bytes()
    spoil(key_file)
    for _ in range(3):
        look_again(keyfob)
    assert caplog.text.count("the keys from before stay in force") == 1
    assert keyfob.userinfo(held.tokens.access_token).status_code == 200
    key_file.unlink(missing_ok=True)
    key_file.write_bytes(good)
    key_file.chmod(0o600)
    rotate(keyfob, "sealing")
    assert len(keyfob.installation.key_watch.keys.root.roots.sealing) == 2


def test_root_keys_of_the_environment_are_changed_there(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    text = settings.key_file.read_text()
    with opened(replace(settings, key_text=text), Clock()) as keyfob:
        look_again(keyfob)
        tools = tools_of(keyfob.installation)
        with pytest.raises(RotationRefused, match="KEYFOB_KEYS"):
            keyfob.run(add_root_key(tools, keyfob.installation.settings, "sealing", act=ACT))
    assert settings.key_file.read_text() == text


def test_a_token_of_an_unknown_key_makes_the_server_look_and_junk_does_not(keyfob: Keyfob, held: Held) -> None:
    woken: list[bool] = []
    keyfob.installation.key_watch.keys.on_unknown_kid = lambda: woken.append(True)
    # of two keys that would begin in one second, neither is the newer
    keyfob.clock.forward(1)
    made = publish(keyfob, ahead_s=0)
    keyfob.clock.forward(1)
    with opened(keyfob.installation.settings, keyfob.clock) as other:
        token = other.tokens(held.instance).id_token
    assert kid_of(token) == made.kid
    signer = keyfob.installation.services.signer
    assert [signer.verify(text) for text in ("junk", "a.b.c", held.tokens.id_token[:-2])] == [None] * 3
    assert woken == []
    assert signer.verify(token) is None
    assert woken == [True]
    look_again(keyfob)
    assert signer.verify(token) is not None


def test_a_look_begins_by_itself_when_a_key_was_missed(keyfob: Keyfob) -> None:
    watch = keyfob.installation.key_watch

    async def until_it_was_taken() -> None:
        before = watch.keys.signing
        async with watch.watching():
            while watch.keys.signing is before:
                watch.keys.on_unknown_kid()
                await asyncio.sleep(0.01)

    publish(keyfob, ahead_s=60)
    keyfob.run(asyncio.wait_for(until_it_was_taken(), 30))


def test_a_database_that_is_away_changes_no_key(keyfob: Keyfob, caplog: pytest.LogCaptureFixture) -> None:
    before = published_keys(keyfob)
    publish(keyfob, ahead_s=60)
    aside = keyfob.database.with_name("aside.db")
    keyfob.database.rename(aside)
    time.sleep(2 * SOUND_S)
    look_again(keyfob)
    assert "removed or replaced" in caplog.text
    aside.rename(keyfob.database)
    assert published_keys(keyfob) == before
    look_again(keyfob)
    assert len(published_keys(keyfob)) == len(before) + 1


def test_a_withdrawn_key_is_gone_and_the_one_that_signs_cannot_be(keyfob: Keyfob, held: Held) -> None:
    tools, settings = tools_of(keyfob.installation), keyfob.installation.settings
    leaked = kid_of(held.tokens.id_token)
    assert keyfob.run(withdraw_key(tools, settings, leaked, act=ACT)) == KeyInUse("RS256")
    assert keyfob.run(withdraw_key(tools, settings, "unknown", act=ACT)) == NoSuchKey()
    keyfob.clock.forward(1)
    publish(keyfob, ahead_s=0)
    assert keyfob.run(withdraw_key(tools, settings, leaked, act=ACT)) == KeyWithdrawn(leaked)
    look_again(keyfob)
    assert leaked not in published_keys(keyfob)
    assert keyfob.installation.services.signer.verify(held.tokens.id_token) is None
    shown = {one.kid: (one.state, one.published) for one in keyfob.run(list_keys(tools, settings))}
    assert shown[leaked] == ("withdrawn", False)


def test_an_algorithm_is_announced_when_its_first_key_signs(keyfob: Keyfob) -> None:
    def announced() -> object:
        path = f"{keyfob.installation.settings.policy.paths.issuer}/.well-known/openid-configuration"
        return keyfob.request("GET", path).json()["id_token_signing_alg_values_supported"]

    tools, settings = tools_of(keyfob.installation), keyfob.installation.settings
    assert announced() == ["RS256", "ES256"]
    only = next(one for one in keyfob.run(list_keys(tools, settings)) if one.alg == "ES256")
    # By hand: the command refuses to take out the last key of an algorithm.
    keyfob.run(keyfob.installation.store.key_acts.withdraw_signing_key(only.kid, act=ACT))
    look_again(keyfob)
    assert announced() == ["RS256"]
    publish(keyfob, ahead_s=60, alg="ES256")
    look_again(keyfob)
    assert announced() == ["RS256"]
    keyfob.clock.forward(60)
    look_again(keyfob)
    assert announced() == ["RS256", "ES256"]
