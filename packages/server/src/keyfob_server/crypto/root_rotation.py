"""Adding, promoting and dropping root keys (ADR 0019): values in, values out; `key_file` writes them."""

from dataclasses import replace
from typing import Final, Literal

from keyfob_server.crypto.roots import KEY_BYTES, KEY_ID_BYTES, MAX_KEYS_OF_A_ROOT, RootKey, Roots
from keyfob_server.ports.world import Entropy

RootName = Literal["sealing", "verification"]
"""The roots that change; the pairwise one never does."""
ROTATING: Final[tuple[RootName, ...]] = ("sealing", "verification")


class RotationRefused(Exception):
    """One line; the key file is as it was."""


def keys_of(roots: Roots, name: RootName) -> tuple[RootKey, ...]:
    return roots.sealing if name == "sealing" else roots.verification


def waiting_key(keys: tuple[RootKey, ...]) -> RootKey | None:
    """The key that opens already and makes nothing yet: the one behind the first, when it is the younger of the two."""
    return keys[1] if len(keys) > 1 and keys[1].created > keys[0].created else None


def with_new_key(roots: Roots, name: RootName, *, entropy: Entropy, now: int) -> tuple[Roots, RootKey]:
    """A new key behind the first, so that every node can open with it before one makes anything with it.

    Raises RotationRefused while another one waits.
    """
    keys = keys_of(roots, name)
    if waiting := waiting_key(keys):
        raise RotationRefused(f"the {name} key {waiting.id} waits to be promoted: --promote moves it to the front")
    if len(keys) >= MAX_KEYS_OF_A_ROOT:
        raise RotationRefused(f"there are {len(keys)} {name} keys already: drop an old one first")
    key_id = entropy.bytes(KEY_ID_BYTES).hex()
    while key_id in {key.id for key in keys}:
        key_id = entropy.bytes(KEY_ID_BYTES).hex()
    # never as old as the first, or it would count as one that was replaced
    added = RootKey(key_id, entropy.bytes(KEY_BYTES), max(now, keys[0].created + 1))
    return _with(roots, name, (keys[0], added, *keys[1:])), added


def with_waiting_key_promoted(roots: Roots, name: RootName) -> tuple[Roots, RootKey]:
    """The waiting key in front: it makes from now on. Raises RotationRefused when none waits."""
    keys = keys_of(roots, name)
    waiting = waiting_key(keys)
    if waiting is None:
        raise RotationRefused(f"no {name} key waits to be promoted: add one first, without --promote")
    return _with(roots, name, (waiting, keys[0], *keys[2:])), waiting


def without_key(roots: Roots, name: RootName, key_id: str) -> Roots:
    """Without that key: what it made does not open any more. Raises RotationRefused."""
    keys = keys_of(roots, name)
    left = tuple(key for key in keys if key.id != key_id)
    if len(left) == len(keys):
        raise RotationRefused(f"there is no {name} key {key_id}")
    if not left:
        raise RotationRefused(f"{key_id} is the only {name} key: add and promote another one first")
    return _with(roots, name, left)


def _with(roots: Roots, name: RootName, keys: tuple[RootKey, ...]) -> Roots:
    return replace(roots, sealing=keys) if name == "sealing" else replace(roots, verification=keys)
