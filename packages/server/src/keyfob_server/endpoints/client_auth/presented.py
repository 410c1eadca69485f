"""Credentials as they came, before anybody believed them."""

from dataclasses import dataclass

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.identifiers import ClientId


@cheaply_made
@dataclass(frozen=True, slots=True)
class PresentedCredentials:
    method: str
    client_id: ClientId
    secret: str = ""

    def __repr__(self) -> str:
        """Without the secret."""
        return f"PresentedCredentials({self.method!r}, {self.client_id!r})"
