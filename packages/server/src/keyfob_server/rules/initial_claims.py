"""What a sealed initial token claims that no code flow led to (wire.md section 2, kinds b and c)."""

from dataclasses import dataclass
from typing import ClassVar, cast

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.claim_text import claim_text, claims_of
from keyfob_server.rules.records import Generations


@cheaply_made
@dataclass(frozen=True, slots=True)
class InitialTokenClaims:
    """Of a client, by client credentials: single use, under a reserved client id. Or issued by an administrator: the
    row of its `id` says what it allows, and counts its uses.
    """

    PURPOSE: ClassVar[str] = "issued_initial_token"

    id: str
    client_id: ClientId
    """The client that asked; empty for one that an administrator issued."""
    reserved: ClientId
    """The id of the future instance; empty for one with a row."""
    account_id: AccountId | None
    """Whom the instance will belong to; None: whoever signs in through it first."""
    template: ClientId | None
    generations: Generations
    expires_at: int

    @property
    def issued(self) -> bool:
        """By an administrator."""
        return not self.client_id

    def encode(self) -> bytes:
        return claim_text(
            [
                self.id,
                self.client_id,
                self.reserved,
                self.account_id or "",
                self.template or "",
                self.generations.client,
                self.generations.account,
                self.expires_at,
            ]
        )

    @classmethod
    def decode(cls, payload: bytes) -> "InitialTokenClaims":
        (key, client, reserved, account, template, cg, ag, end) = cast(
            "tuple[str, str, str, str, str, int, int, int]", claims_of(payload, 8)
        )
        return cls(
            key,
            ClientId(client),
            ClientId(reserved),
            AccountId(account) if account else None,
            ClientId(template) if template else None,
            Generations(cg, ag),
            end,
        )
