"""Signing keys for the admin pages, made under the root keys as they are at that moment."""

import asyncio
from dataclasses import dataclass

from keyfob_server.composition.keys import load_roots
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.roots import KeyFileUnusable
from keyfob_server.crypto.signing_keys import SIGNING_ALGORITHMS, generate_signing_key
from keyfob_server.ports.key_making import KeyMakerUnusable
from keyfob_server.rules.records import SigningKeyRecord
from keyfob_server.settings import Settings


@dataclass(frozen=True, slots=True)
class SettingsKeyMaker:
    """ports.key_making.KeyMaker."""

    settings: Settings

    def algorithms(self) -> tuple[str, ...]:
        return SIGNING_ALGORITHMS

    async def make(self, alg: str, *, created: int, signs_from: int) -> SigningKeyRecord:
        return await asyncio.to_thread(self._make, alg, created, signs_from)

    def _make(self, alg: str, created: int, signs_from: int) -> SigningKeyRecord:
        try:
            roots = load_roots(self.settings)
        except KeyFileUnusable as error:
            raise KeyMakerUnusable(str(error)) from error
        return generate_signing_key(alg, roots, entropy=SystemEntropy(), created=created, signs_from=signs_from)
