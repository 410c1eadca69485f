"""A node whose keys are not those in force: it signs with what it has, and is not sent any request."""

from dataclasses import replace
from pathlib import Path

import pytest

from keyfob_server.composition.root_key_acts import add_root_key, promote_root_key
from keyfob_server.crypto.signing_keys import SigningKeyUnusable
from support_app import Keyfob, running_keyfob
from support_keys import ACT, kid_of, look_again, opened, publish, published_keys, readiness, tools_of, verifies
from support_sql import change

MISSING = (503, "a signing key in force cannot be opened with these root keys")


def promote_another_root(keyfob: Keyfob) -> None:
    """On this node; the others have the old key file."""
    installation = keyfob.installation
    tools, settings = tools_of(installation), installation.settings
    keyfob.run(add_root_key(tools, settings, "verification", act=ACT))
    keyfob.run(promote_root_key(tools, settings, "verification", act=ACT))
    look_again(keyfob)


def test_l10_a_node_without_the_key_in_force_is_not_ready_and_never_signs_with_another_nodes_key(
    tmp_path: Path,
) -> None:
    with running_keyfob(tmp_path / "node") as keyfob:
        settings = keyfob.installation.settings
        stale_file = tmp_path / "stale.json"
        stale_file.write_bytes(settings.key_file.read_bytes())
        stale_file.chmod(0o600)
        with opened(replace(settings, key_file=stale_file), keyfob.clock) as stale:
            instance, browser = keyfob.new_instance(), stale.browser()
            before = kid_of(stale.tokens(instance, browser).id_token)
            promote_another_root(keyfob)
            made = publish(keyfob, ahead_s=3600)
            for node in (keyfob, stale):
                look_again(node)
                assert readiness(node) == (200, "ready")
            assert made.kid in published_keys(keyfob)
            assert made.kid not in published_keys(stale)
            keyfob.clock.forward(3600)
            look_again(keyfob)
            look_again(stale)
            assert readiness(keyfob) == (200, "ready")
            assert readiness(stale) == MISSING
            # Whoever asks it nevertheless gets what everybody can verify.
            token = stale.tokens(instance).id_token
            assert kid_of(token) == before
            assert verifies(published_keys(keyfob), token)
            stale_file.write_bytes(settings.key_file.read_bytes())
            look_again(stale)
            assert readiness(stale) == (200, "ready")
            assert kid_of(stale.tokens(instance).id_token) == made.kid


def test_l10_a_node_does_not_start_on_keys_that_it_cannot_open(tmp_path: Path) -> None:
    with running_keyfob(tmp_path / "node") as keyfob:
        settings = keyfob.installation.settings
        stale_file = tmp_path / "stale.json"
        stale_file.write_bytes(settings.key_file.read_bytes())
        stale_file.chmod(0o600)
        promote_another_root(keyfob)
        with (
            pytest.raises(SigningKeyUnusable, match="its verification key is not among the root keys"),
            opened(replace(settings, key_file=stale_file), keyfob.clock),
        ):
            raise AssertionError("it started")


def test_l10_a_key_file_that_does_not_open_the_keys_in_force_is_not_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running_keyfob(tmp_path / "one") as keyfob, running_keyfob(tmp_path / "two") as stranger:
        instance = keyfob.new_instance()
        tokens = keyfob.tokens(instance)
        key_file = keyfob.installation.settings.key_file
        own, foreign = key_file.read_bytes(), stranger.installation.settings.key_file.read_bytes()
        key_file.write_bytes(foreign)
        look_again(keyfob)
        assert "the keys from before stay in force" in caplog.text
        assert keyfob.userinfo(tokens.access_token).status_code == 200
        assert readiness(keyfob) == (200, "ready")
        key_file.write_bytes(own)
        look_again(keyfob)
        assert keyfob.refresh(instance, tokens.refresh_token).status_code == 200


def test_l10_a_row_that_somebody_planted_is_never_used_and_the_key_before_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running_keyfob(tmp_path) as keyfob:
        instance = keyfob.new_instance()
        before = kid_of(keyfob.tokens(instance).id_token)
        text = (
            "insert into signing_keys (kid, alg, public_jwk, wrapped_private, created, signs_from, attributes) "
            "select 'planted', alg, public_jwk, wrapped_private, created, signs_from + 1, attributes "
            "from signing_keys where alg = 'RS256'"
        )
        assert change(keyfob.database, text) == 1
        keyfob.clock.forward(1)
        look_again(keyfob)
        look_again(keyfob)
        assert "planted" not in published_keys(keyfob)
        assert kid_of(keyfob.tokens(instance).id_token) == before
        assert readiness(keyfob) == MISSING
        assert caplog.text.count("signing key planted: the row was changed or belongs to other roots") == 1
