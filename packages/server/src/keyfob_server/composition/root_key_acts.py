"""`keyfob master-key ...`: what administrators do to the key file. A running server reads it again by itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from keyfob_server.composition.administration import Administration, database
from keyfob_server.composition.keys import load_roots
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.key_file import read_roots, write_roots
from keyfob_server.crypto.key_file_change import sole_change
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
from keyfob_server.crypto.roots import Roots
from keyfob_server.crypto.signing_keys import rewrapped, wrapping_key_id
from keyfob_server.ports.key_storage import BoundToKey, Rewrapping
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.acts import Act
from keyfob_server.settings import Settings

Role = Literal["makes", "waits", "opens", "fixed"]
"""`makes`: the first key. `waits`: opens already, and makes when it is promoted. `opens`: was replaced. `fixed`: the
pairwise key, for ever.
"""

REFUSALS = (RotationRefused,)


@dataclass(frozen=True, slots=True)
class RootKeyShown:
    root: str
    id: str
    role: Role
    created: int


@dataclass(frozen=True, slots=True)
class RootKeyAdded:
    id: str


@dataclass(frozen=True, slots=True)
class RootKeyPromoted:
    id: str
    before: str


@dataclass(frozen=True, slots=True)
class RootKeyDropped:
    id: str


@dataclass(frozen=True, slots=True)
class WouldKill:
    """Nothing was changed: these rows name the key, and somebody has to say yes."""

    bound: BoundToKey


def list_root_keys(settings: Settings) -> tuple[RootKeyShown, ...]:
    """Raises KeyFileUnusable."""
    roots = load_roots(settings)
    shown = [RootKeyShown("pairwise", key.id, "fixed", key.created) for key in roots.pairwise]
    for name in reversed(ROTATING):
        keys = keys_of(roots, name)
        waiting = waiting_key(keys)
        roles: list[Role] = ["makes" if key is keys[0] else "waits" if key is waiting else "opens" for key in keys]
        shown[:0] = [RootKeyShown(name, key.id, role, key.created) for key, role in zip(keys, roles, strict=True)]
    return tuple(shown)


async def add_root_key(tools: Administration, settings: Settings, name: RootName, *, act: Act) -> RootKeyAdded:
    """Raises RotationRefused, KeyFileUnusable, StorageUnavailable."""
    path = _key_file(settings)
    with sole_change(path):
        roots, added = with_new_key(read_roots(path), name, entropy=SystemEntropy(), now=await tools.now())
        # the row first: an act that failed and is noted is better than one that was done and is not
        await tools.store.key_acts.note_key_act(f"{name}_key.added", added.id, act=act)
        write_roots(path, roots, replace=True)
    return RootKeyAdded(added.id)


async def promote_root_key(tools: Administration, settings: Settings, name: RootName, *, act: Act) -> RootKeyPromoted:
    """The waiting key makes from now on. Raises RotationRefused, also while a process that reads the same file may not
    have seen the key yet, KeyFileUnusable, StorageUnavailable.
    """
    path = _key_file(settings)
    with sole_change(path):
        before = read_roots(path)
        after, promoted = with_waiting_key_promoted(before, name)
        left_s = promoted.created + database(settings).settling_s - await tools.now()
        if left_s > 0:
            raise RotationRefused(
                f"not every server opens with the {name} key {promoted.id} yet: wait {left_s} seconds"
            )
        await _rewrap(tools, before, after)
        await tools.store.key_acts.note_key_act(f"{name}_key.promoted", promoted.id, act=act)
        write_roots(path, after, replace=True)
    return RootKeyPromoted(promoted.id, keys_of(before, name)[0].id)


async def drop_root_key(
    tools: Administration, settings: Settings, name: RootName, key_id: str, *, confirmed: bool, act: Act
) -> RootKeyDropped | WouldKill:
    """What the key made is dead. A verification key goes only when `confirmed`.

    Raises RotationRefused, KeyFileUnusable, StorageUnavailable.
    """
    path = _key_file(settings)
    with sole_change(path):
        before = read_roots(path)
        after = without_key(before, name, key_id)
        if name == "verification" and not confirmed:
            return WouldKill(await tools.store.key_acts.count_bound_to(key_id))
        await _rewrap(tools, before, after)
        await tools.store.key_acts.note_key_act(f"{name}_key.dropped", key_id, act=act)
        write_roots(path, after, replace=True)
    return RootKeyDropped(key_id)


def _key_file(settings: Settings) -> Path:
    if settings.key_text:
        raise RotationRefused("the root keys come from KEYFOB_KEYS: change them there, or put them into a key file")
    return settings.key_file


async def _rewrap(tools: Administration, before: Roots, after: Roots) -> None:
    """Signing keys move to the first verification key. Before the file is written: what is in it opens them always."""
    newest = after.verification[0].id
    records = [one for one in await tools.store.list_signing_keys() if wrapping_key_id(one) != newest]
    changes = [Rewrapping(one, rewrapped(one, before, after, entropy=SystemEntropy())) for one in records]
    if not await tools.store.key_acts.rewrap_signing_keys(changes):
        raise StorageUnavailable("a signing key changed at the same moment; nothing was changed, try again")
