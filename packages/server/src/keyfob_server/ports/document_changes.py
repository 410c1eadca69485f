"""What a document changes, and what it found as it should be: all of it is written in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.static_clients import StoredClient
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import Client


@dataclass(frozen=True, slots=True)
class PutClient:
    client: Client
    seen: StoredClient | None
    """What it takes the place of; None: of nothing."""
    ends_tokens: bool
    """The generation rises; with another status it rises too."""


@dataclass(frozen=True, slots=True)
class PutTemplate:
    template_id: ClientId
    metadata: ClientMetadata
    settings: ClientSettings
    seen: int
    """The version that it follows; 0: it makes a new template, which is active."""
    ends_grants: bool
    """The generation rises."""


@dataclass(frozen=True, slots=True)
class PutSetting:
    name: str
    value: str
    seen: str
    """Empty: nobody decided anything."""


@dataclass(frozen=True, slots=True)
class SameClient:
    seen: StoredClient


@dataclass(frozen=True, slots=True)
class SameTemplate:
    template_id: ClientId
    seen: int


@dataclass(frozen=True, slots=True)
class SameSetting:
    name: str
    seen: str


Change = PutClient | PutTemplate | PutSetting | SameClient | SameTemplate | SameSetting


class DocumentStore(Protocol):
    async def apply(self, changes: Sequence[Change], *, act: Act) -> bool:
        """Make all changes, each with its audit row; False, and nothing changed, when one of the things is not as it
        was seen any more.

        Raises StorageUnavailable.
        """
        ...
