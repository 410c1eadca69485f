"""The three roots that every other key is derived from (ADR 0006). They are kept apart from the database.

In each root the first key makes and all of them open: a new key is added behind the first, and moved to the front when
every node has read it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from keyfob_server.crypto import base64url
from keyfob_server.ports.world import Entropy

KEY_BYTES = 32
KEY_ID_BYTES = 4
MAX_KEYS_OF_A_ROOT = 16
_FORM = 1
_KEY_ID = re.compile(r"[0-9a-f]{8}")
_ROOTS = ("sealing", "verification", "pairwise")


class KeyFileUnusable(Exception):
    """The root keys cannot be had; the text is one line for the operator and holds no key."""


@dataclass(frozen=True, slots=True)
class RootKey:
    id: str
    """Eight hexadecimal digits; stands in clear in whatever the key made."""
    key: bytes = field(repr=False)
    """32 random bytes."""
    created: int = 0
    """Epoch seconds; 0 for a key of the first hour."""


@dataclass(frozen=True, slots=True)
class Roots:
    sealing: tuple[RootKey, ...]
    """For values that live minutes to days; a leaked one is dropped at once."""
    verification: tuple[RootKey, ...]
    """For hashes and MACs of what rows and clients hold, and for the wrapping of signing keys; an old one stays."""
    pairwise: tuple[RootKey, ...]
    """One key for ever: pairwise subjects (OpenID Connect Core section 8.1) must not change."""


def create_roots(entropy: Entropy) -> Roots:
    def root() -> tuple[RootKey, ...]:
        return (RootKey(entropy.bytes(KEY_ID_BYTES).hex(), entropy.bytes(KEY_BYTES)),)

    return Roots(sealing=root(), verification=root(), pairwise=root())


def render_roots(roots: Roots) -> str:
    """The text that `parse_roots` reads. It holds the keys."""
    named = {"sealing": roots.sealing, "verification": roots.verification, "pairwise": roots.pairwise}
    document = {name: [_render_key(key) for key in keys] for name, keys in named.items()}
    return json.dumps({"form": _FORM, **document}, indent=2) + "\n"


def _render_key(key: RootKey) -> dict[str, str | int]:
    members: dict[str, str | int] = {"id": key.id, "key": base64url.encode(key.key)}
    return {**members, "created": key.created} if key.created else members


def parse_roots(text: str) -> Roots:
    """Read the JSON text of a key file or of an environment variable; raises KeyFileUnusable."""
    try:
        document = json.loads(text, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        # The decoder's own message and its traceback may quote the text.
        raise KeyFileUnusable("root keys: not a JSON object with each name once") from None
    match document:
        case {"form": 1, **rest} if rest.keys() == set(_ROOTS):
            sealing, verification, pairwise = (_parse_root(name, rest[name]) for name in _ROOTS)
        case _:
            raise KeyFileUnusable(f'root keys: expected "form": {_FORM} and {", ".join(_ROOTS)}, and nothing else')
    everything = (*sealing, *verification, *pairwise)
    if len({key.key for key in everything}) != len(everything):
        raise KeyFileUnusable("root keys: the same key stands twice")
    if len(pairwise) != 1:
        raise KeyFileUnusable("root keys: pairwise must have exactly one key; another would change every subject")
    return Roots(sealing=sealing, verification=verification, pairwise=pairwise)


def _without_repeats(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice")
    return members


def _parse_root(name: str, entries: object) -> tuple[RootKey, ...]:
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_KEYS_OF_A_ROOT:
        raise KeyFileUnusable(f"root keys: {name} must be a list of 1 to {MAX_KEYS_OF_A_ROOT} keys")
    keys = tuple(_parse_key(name, position, entry) for position, entry in enumerate(entries, start=1))
    if len({key.id for key in keys}) != len(keys):
        raise KeyFileUnusable(f"root keys: {name} has two keys of the same id")
    return keys


def _parse_key(name: str, position: int, entry: object) -> RootKey:
    match entry:
        case {"id": str(key_id), "key": str(text), **rest} if _KEY_ID.fullmatch(key_id) and rest.keys() <= {"created"}:
            key, created = base64url.decode(text), rest.get("created", 0)
            if key is not None and len(key) == KEY_BYTES and type(created) is int and created >= 0:
                return RootKey(key_id, key, created)
    raise KeyFileUnusable(
        f"root keys: key {position} of {name} needs an id of 8 hexadecimal digits and 32 bytes in base64url"
    )
