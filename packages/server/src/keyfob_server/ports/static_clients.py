"""Static clients as operators see them."""

from dataclasses import dataclass, field
from typing import Protocol

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.acts import Act
from keyfob_server.rules.records import Client


@dataclass(frozen=True, slots=True)
class StoredClient:
    client: Client
    created: int
    updated: int
    seen: tuple[str, str] = field(repr=False)
    """Its documents as they are stored: a change says that it saw these."""


class StaticClientStore(Protocol):
    """All raise StorageUnavailable. Each change leaves an audit row in the same transaction."""

    async def find_client(self, client_id: ClientId) -> StoredClient | None: ...

    async def list_clients(self, *, after: str = "", limit: int = 100) -> list[StoredClient]:
        """By id, the page after `after`."""
        ...

    async def put_client(self, client: Client, *, seen: StoredClient | None, ends_tokens: bool, act: Act) -> bool:
        """Store it in the place of `seen`, None: of nothing. With `ends_tokens`, and with another status,
        the generation rises.

        False, and nothing changed, when it is not what was seen any more.
        """
        ...
