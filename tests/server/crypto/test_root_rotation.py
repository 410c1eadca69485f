"""Root keys are added behind the first, promoted, and dropped."""

import pytest

from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.root_rotation import (
    ROTATING,
    RootName,
    RotationRefused,
    keys_of,
    waiting_key,
    with_new_key,
    with_waiting_key_promoted,
    without_key,
)
from keyfob_server.crypto.roots import MAX_KEYS_OF_A_ROOT, Roots, create_roots, parse_roots, render_roots
from keyfob_server.crypto.sealing import AesGcmSealer

ENTROPY = SystemEntropy()
ROOTS = create_roots(ENTROPY)
NOW = 1_750_000_000
each_root = pytest.mark.parametrize("name", ROTATING)


def ids(roots: Roots, name: RootName) -> list[str]:
    return [key.id for key in keys_of(roots, name)]


@each_root
def test_a_new_key_opens_before_it_makes_and_makes_when_promoted(name: RootName) -> None:
    (first,) = ids(ROOTS, name)
    added, key = with_new_key(ROOTS, name, entropy=ENTROPY, now=NOW)
    assert (ids(added, name), key.created) == ([first, key.id], NOW)
    promoted, moved = with_waiting_key_promoted(added, name)
    assert (ids(promoted, name), moved) == ([key.id, first], key)
    again, third = with_new_key(promoted, name, entropy=ENTROPY, now=NOW)
    assert ids(again, name) == [key.id, third.id, first]
    last, _ = with_waiting_key_promoted(again, name)
    assert ids(last, name) == [third.id, key.id, first]


def test_what_one_node_seals_after_a_promotion_opens_on_a_node_that_has_not_heard_of_it() -> None:
    def sealer(roots: Roots) -> AesGcmSealer:
        return AesGcmSealer(roots, issuer="i", incarnation="n", entropy=ENTROPY)

    added, _ = with_new_key(ROOTS, "sealing", entropy=ENTROPY, now=NOW)
    promoted, _ = with_waiting_key_promoted(added, "sealing")
    sealed = sealer(promoted).seal("code", b"claims", now=NOW)
    assert sealer(added).open("code", sealed) == b"claims"
    assert sealer(ROOTS).open("code", sealed) is None
    leaked = without_key(promoted, "sealing", ROOTS.sealing[0].id)
    assert sealer(leaked).open("code", sealer(ROOTS).seal("code", b"claims", now=NOW)) is None


@each_root
def test_one_root_is_changed_and_the_others_stay(name: RootName) -> None:
    added, _ = with_new_key(ROOTS, name, entropy=ENTROPY, now=NOW)
    assert added.pairwise == ROOTS.pairwise
    for other in ROTATING:
        assert (keys_of(added, other) == keys_of(ROOTS, other)) is (other != name)


@each_root
def test_one_key_waits_at_a_time(name: RootName) -> None:
    added, key = with_new_key(ROOTS, name, entropy=ENTROPY, now=NOW)
    with pytest.raises(RotationRefused, match=f"{key.id} waits to be promoted"):
        with_new_key(added, name, entropy=ENTROPY, now=NOW + 1)


@each_root
def test_a_key_that_was_replaced_is_not_promoted_again(name: RootName) -> None:
    promoted, _ = with_waiting_key_promoted(with_new_key(ROOTS, name, entropy=ENTROPY, now=NOW)[0], name)
    for roots in (ROOTS, promoted):
        with pytest.raises(RotationRefused, match=r"no .* key waits"):
            with_waiting_key_promoted(roots, name)


def test_a_clock_that_went_back_does_not_make_a_new_key_look_old() -> None:
    promoted, _ = with_waiting_key_promoted(with_new_key(ROOTS, "sealing", entropy=ENTROPY, now=NOW)[0], "sealing")
    added, key = with_new_key(promoted, "sealing", entropy=ENTROPY, now=NOW - 1000)
    assert waiting_key(added.sealing) == key


@each_root
def test_the_only_key_and_one_that_is_not_there_are_not_dropped(name: RootName) -> None:
    with pytest.raises(RotationRefused, match="is the only"):
        without_key(ROOTS, name, ids(ROOTS, name)[0])
    with pytest.raises(RotationRefused, match="there is no"):
        without_key(ROOTS, name, ROOTS.pairwise[0].id)


def test_when_the_first_key_is_dropped_the_waiting_one_makes() -> None:
    added, key = with_new_key(ROOTS, "sealing", entropy=ENTROPY, now=NOW)
    assert without_key(added, "sealing", ROOTS.sealing[0].id).sealing == (key,)


def test_a_root_has_an_end() -> None:
    roots = ROOTS
    for _ in range(MAX_KEYS_OF_A_ROOT - 1):
        roots, _ = with_waiting_key_promoted(with_new_key(roots, "sealing", entropy=ENTROPY, now=NOW)[0], "sealing")
    with pytest.raises(RotationRefused, match="drop an old one"):
        with_new_key(roots, "sealing", entropy=ENTROPY, now=NOW)


@each_root
def test_the_file_keeps_the_order_and_the_time_of_each_key(name: RootName) -> None:
    added, _ = with_new_key(ROOTS, name, entropy=ENTROPY, now=NOW)
    assert parse_roots(render_roots(added)) == added
