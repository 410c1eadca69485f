"""Root keys from the file or the environment, and signing keys from the database."""

from typing import Final

from keyfob_server.crypto.jose import SigningKeys
from keyfob_server.crypto.key_file import read_roots
from keyfob_server.crypto.roots import Roots, parse_roots
from keyfob_server.crypto.signing_keys import SIGNING_ALGORITHMS, generate_signing_key
from keyfob_server.ports.storage import KeyStore
from keyfob_server.ports.world import Clock, Entropy
from keyfob_server.settings import Settings

INCARNATION: Final = "incarnation"


def load_roots(settings: Settings) -> Roots:
    """Raises KeyFileUnusable."""
    return parse_roots(settings.key_text) if settings.key_text else read_roots(settings.key_file)


async def load_incarnation(store: KeyStore, entropy: Entropy) -> str:
    """The random value in every sealed value; made at the first start."""
    return await store.get_setting(INCARNATION) or await store.add_setting(INCARNATION, entropy.bytes(16).hex())


async def load_signing_keys(store: KeyStore, roots: Roots, *, clock: Clock, entropy: Entropy) -> SigningKeys:
    """One key for each algorithm, made at the first start. Raises SigningKeyUnusable."""
    records = await store.list_signing_keys()
    for alg in SIGNING_ALGORITHMS:
        if not any(record.alg == alg for record in records):
            now = clock.now()
            record = generate_signing_key(alg, roots, entropy=entropy, created=now, signs_from=now)
            await store.add_signing_key(record)
            records.append(record)
    return SigningKeys(records, roots, clock.now())
