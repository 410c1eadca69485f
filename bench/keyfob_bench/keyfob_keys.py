"""What Keyfob's own keys make: tokens and hashes for rows that the bench wrote, exactly as the server makes them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from keyfob_bench.exchange import Exchange, Script
from keyfob_bench.messages import expect, request
from keyfob_bench.provider import Provider
from keyfob_protocol.identifiers import ClientId
from keyfob_server.composition.administration import Administration, administer
from keyfob_server.composition.keys import load_incarnation, load_roots
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.live_keys import RootKeys, root_keys_of
from keyfob_server.demo.data import ISSUER
from keyfob_server.rules.initial_claims import InitialTokenClaims
from keyfob_server.rules.records import Generations
from keyfob_server.settings import load_settings

_LIFE_S: Final = 600


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """Of one installation, opened with its key file."""

    root: RootKeys = field(repr=False)
    issuer_generation: int
    """Of the client that may get initial tokens."""

    def initial_token(self, *, template: str | None = None) -> str:
        """For one registration, as a back end gets it for its own credentials."""
        entropy, now = SystemEntropy(), int(time.time())
        claims = InitialTokenClaims(
            id=entropy.uuid7(),
            client_id=ISSUER,
            reserved=ClientId(entropy.uuid7()),
            account_id=None,
            template=ClientId(template) if template else None,
            generations=Generations(self.issuer_generation, 0),
            expires_at=now + _LIFE_S,
        )
        return self.root.sealer.seal(InitialTokenClaims.PURPOSE, claims.encode(), now=now)


def open_keys(configuration: Path) -> OwnKeys:
    """Of the demo whose settings these are."""
    settings = load_settings(configuration, {})

    async def read(administration: Administration) -> tuple[str, int]:
        incarnation = await load_incarnation(administration.store, SystemEntropy())
        client = (await administration.store.load(client_id=ISSUER)).client
        return incarnation, client.generation if client else 0

    incarnation, generation = administer(settings, read)
    issuer = settings.policy.issuer
    root = root_keys_of(load_roots(settings), issuer=issuer, incarnation=incarnation, entropy=SystemEntropy())
    return OwnKeys(root, generation)


def registration(
    keys: OwnKeys, document: Mapping[str, object], template: str | None, provider: Provider, _: int
) -> Script:
    """Each with an initial token of its own, good for once."""
    while True:
        headers = {"Authorization": f"Bearer {keys.initial_token(template=template)}"}
        path = provider.endpoints["registration_endpoint"]
        sent = request("POST", path, document=document, headers=headers)
        expect((yield Exchange(sent, completes=True)), 201, b'"client_secret"')
