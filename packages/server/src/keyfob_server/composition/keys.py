"""Root keys from the file or the environment, and signing keys from the database, as a server starts with them."""

from dataclasses import dataclass
from typing import Final

from keyfob_server.crypto.jose import SigningKeys
from keyfob_server.crypto.key_file import read_roots
from keyfob_server.crypto.roots import Roots, parse_roots
from keyfob_server.crypto.signing_keys import (
    SIGNING_ALGORITHMS,
    OpenedKeys,
    generate_signing_key,
    open_signing_keys,
)
from keyfob_server.ports.key_storage import KeyStore
from keyfob_server.ports.world import Entropy
from keyfob_server.rules.records import SigningKeyRecord
from keyfob_server.rules.signing_keys import plan_keys
from keyfob_server.settings import Settings

INCARNATION: Final = "incarnation"
RESTORED_AT: Final = "restored_at"


def load_roots(settings: Settings) -> Roots:
    """Raises KeyFileUnusable."""
    return parse_roots(settings.key_text) if settings.key_text else read_roots(settings.key_file)


def new_incarnation(entropy: Entropy) -> str:
    return entropy.bytes(16).hex()


async def load_incarnation(store: KeyStore, entropy: Entropy) -> str:
    """The random value in every sealed value; made at the first start, replaced after a restore."""
    return await store.get_setting(INCARNATION) or await store.add_setting(INCARNATION, new_incarnation(entropy))


async def load_restored_at(store: KeyStore) -> int:
    """When a restore was last declared, in epoch seconds; 0: never."""
    return int(await store.get_setting(RESTORED_AT) or 0)


@dataclass(frozen=True, slots=True)
class LoadedKeys:
    records: tuple[SigningKeyRecord, ...]
    opened: OpenedKeys
    signing: SigningKeys


async def load_signing_keys(
    store: KeyStore, roots: Roots, *, now: int, entropy: Entropy, keep_published_s: int
) -> LoadedKeys:
    """One key for each algorithm, made when none signs. Raises SigningKeyUnusable when a row does not open."""
    records = await store.list_signing_keys()
    signing = plan_keys(records, now=now, keep_published_s=keep_published_s).signing
    for alg in SIGNING_ALGORITHMS:
        if alg not in signing:
            record = generate_signing_key(alg, roots, entropy=entropy, created=now, signs_from=now)
            records = await store.add_first_signing_key(record)
    opened = open_signing_keys(records, roots)
    if opened.refusals:
        raise opened.refusals[0]
    signing_keys = SigningKeys(records, opened.by_kid, now, keep_published_s=keep_published_s)
    return LoadedKeys(tuple(records), opened, signing_keys)
