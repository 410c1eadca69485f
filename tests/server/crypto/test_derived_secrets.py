"""Secrets that are derived instead of stored: the same for the same parts, under the key that was newest then."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.roots import create_roots
from keyfob_server.crypto.secrets import HmacSecretHasher

ROOTS, NEWER = create_roots(SystemEntropy()), create_roots(SystemEntropy())
HASHER = HmacSecretHasher(ROOTS)
ROTATED = HmacSecretHasher(replace(ROOTS, verification=(*NEWER.verification, *ROOTS.verification)))
parts = st.lists(st.text(max_size=20), min_size=1, max_size=4)


@given(parts)
def test_the_same_parts_give_the_same_thirty_two_bytes(these: list[str]) -> None:
    assert HASHER.derive(*these) == HASHER.derive(*these)
    assert len(HASHER.derive(*these)) == 32


@given(parts, parts)
def test_other_parts_give_other_bytes_wherever_one_part_ends(these: list[str], those: list[str]) -> None:
    assume(these != those)
    assert HASHER.derive(*these) != HASHER.derive(*those)
    assert HASHER.derive("p", "ab", "c") != HASHER.derive("p", "a", "bc")


def test_a_stored_hash_names_the_key_that_its_secrets_were_derived_with() -> None:
    stored, derived = HASHER.hash("p", "x"), HASHER.derive("p", "x")
    assert ROTATED.derive("p", "x", like=stored) == derived
    assert ROTATED.derive("p", "x") != derived


def test_another_installation_derives_something_else() -> None:
    assert HmacSecretHasher(NEWER).derive("p", "x") != HASHER.derive("p", "x")


def test_a_hash_of_nobody_s_key_falls_back_to_the_newest() -> None:
    assert HASHER.derive("p", "x", like="unknown$00") == HASHER.derive("p", "x")
