"""What an access token claims that was issued to a client alone (RFC 6749 section 4.4): it has an id, and no grant."""

from dataclasses import dataclass
from typing import ClassVar, cast

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.claim_text import claim_text, claims_of
from keyfob_server.rules.records import Generations


@cheaply_made
@dataclass(frozen=True, slots=True)
class ClientTokenClaims:
    PURPOSE: ClassVar[str] = "client_token"

    id: str
    client_id: ClientId
    scope: tuple[str, ...]
    generations: Generations
    """Without an account."""
    expires_at: int

    def encode(self) -> bytes:
        return claim_text([self.id, self.client_id, " ".join(self.scope), self.generations.client, self.expires_at])

    @classmethod
    def decode(cls, payload: bytes) -> "ClientTokenClaims":
        (key, client, scope, generation, end) = cast("tuple[str, str, str, int, int]", claims_of(payload, 5))
        return cls(key, ClientId(client), tuple(scope.split()), Generations(generation, 0), end)
