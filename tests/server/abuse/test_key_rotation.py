"""Signing keys change under load, and no verifier that caches the published keys meets one that it does not have."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pytest

from keyfob_server.composition.demo import demo_settings, prepare_folder
from support_app import BASE, PORT, Clock, Keyfob, Pkce, running_keyfob, tokens_of
from support_keys import kid_of, look_again, publish, published_keys, verifies

AHEAD_S: Final = 3600
KEEP_S: Final = 3600
LOOKS_EVERY_S: Final = 150
"""What `KeyWatch` does every five seconds, thirty times slower."""
ROTATES_EVERY_S: Final = 900
PERIOD_S: Final = 9000


@dataclass(slots=True)
class CachingVerifier:
    """It fetches the keys when its copy is old, and never because a key is missing."""

    keyfob: Keyfob
    caches_for_s: int
    fetched_at: int = 0
    keys: dict[str, dict[str, str]] = field(default_factory=dict)

    def accepts(self, token: str) -> bool:
        if self.fetched_at + self.caches_for_s <= self.keyfob.clock.now:
            self.keys, self.fetched_at = published_keys(self.keyfob), self.keyfob.clock.now
        return verifies(self.keys, token)


@pytest.fixture
def rotating(tmp_path: Path) -> Iterator[Keyfob]:
    settings = demo_settings(prepare_folder(tmp_path), host="127.0.0.1", port=PORT, admin_port=0, base_url=BASE)
    policy = replace(settings.policy, key_keep_published_s=KEEP_S)
    with running_keyfob(tmp_path, policy=policy, clock=Clock()) as keyfob:
        yield keyfob


def test_l9_no_id_token_fails_at_a_caching_verifier_while_keys_rotate(rotating: Keyfob) -> None:
    keyfob, clock = rotating, rotating.clock
    instance, browser = keyfob.new_instance(), keyfob.browser()
    verifiers = [CachingVerifier(keyfob, seconds) for seconds in (60, 300, AHEAD_S // 2, AHEAD_S - 2 * LOOKS_EVERY_S)]
    recent: list[tuple[int, str]] = []
    failures, rotations = 0, 0
    began = clock.now
    while clock.now < began + PERIOD_S:
        if clock.now >= began + rotations * ROTATES_EVERY_S:
            publish(keyfob, ahead_s=AHEAD_S)
            rotations += 1
        look_again(keyfob)
        pkce = Pkce()
        token = tokens_of(keyfob.redeem(instance, keyfob.code_for(instance, browser, pkce), pkce)).id_token
        # A token is shown as long as it lives, and to a verifier that has just started as well.
        lifetime = keyfob.installation.settings.policy.id_token_lifetime_s
        recent = [(at, old) for at, old in recent if at + lifetime > clock.now] + [(clock.now, token)]
        newcomer = CachingVerifier(keyfob, 60)
        failures += sum(not one.accepts(shown) for one in (*verifiers, newcomer) for _, shown in recent)
        clock.forward(LOOKS_EVERY_S)
    assert (failures, rotations) == (0, 10)
    # It was no standing still: keys signed one after the other, and old ones left the set.
    states = keyfob.run(keyfob.installation.store.list_signing_keys())
    assert len([one for one in states if one.alg == "RS256"]) == 11
    assert 2 < len(published_keys(keyfob)) < 12


def test_l9_a_key_that_signs_at_once_fails_at_who_cached_the_keys_before(rotating: Keyfob) -> None:
    """The test above can fail."""
    keyfob = rotating
    instance, browser = keyfob.new_instance(), keyfob.browser()
    keyfob.clock.forward(1)
    verifier = CachingVerifier(keyfob, 300)
    assert verifier.accepts(keyfob.tokens(instance, browser).id_token)
    made = publish(keyfob, ahead_s=0)
    look_again(keyfob)
    token = keyfob.tokens(instance, browser).id_token
    assert kid_of(token) == made.kid
    assert not verifier.accepts(token)
    keyfob.clock.forward(300)
    assert verifier.accepts(token)


def test_l9_a_new_key_is_published_at_once_and_signs_when_its_hour_comes(rotating: Keyfob) -> None:
    keyfob = rotating
    instance, browser = keyfob.new_instance(), keyfob.browser()
    before = keyfob.tokens(instance, browser).id_token
    made = publish(keyfob, ahead_s=AHEAD_S)
    look_again(keyfob)
    assert made.kid in published_keys(keyfob)
    keyfob.clock.forward(AHEAD_S - 1)
    look_again(keyfob)
    assert kid_of(keyfob.tokens(instance, browser).id_token) == kid_of(before) == made.before
    keyfob.clock.forward(1)
    look_again(keyfob)
    assert kid_of(keyfob.tokens(instance, browser).id_token) == made.kid
    # The old public key stays for who holds a token of it, then leaves the set, and hints of it still count here.
    assert verifies(published_keys(keyfob), before)
    keyfob.clock.forward(KEEP_S)
    look_again(keyfob)
    assert kid_of(before) not in published_keys(keyfob)
    assert keyfob.installation.services.signer.verify(before) is not None
