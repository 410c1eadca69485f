"""What is known of a registration before anybody sends it. All verbs raise StorageUnavailable."""

from typing import Protocol

from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
from keyfob_server.rules.devices import Device
from keyfob_server.rules.initial_token_records import OwnerCounts


class RegistrationRoom(Protocol):
    async def count_instances(self, owner: AccountId, *, limit: int) -> dict[ClientId | None, OwnerCounts]:
        """By template, None for those of none: the `limit` templates that the owner has the most live ones of."""
        ...

    async def list_open_templates(self, *, limit: int) -> list[ClientId]:
        """Those that are active, by id."""
        ...

    async def list_longest_unused(
        self, owner: AccountId, template: ClientId | None, *, session_id: SessionId | None, limit: int
    ) -> list[Device]:
        """The owner's live ones of the template, or of none, the one unused for longest first; what was never used
        counts from its registration.
        """
        ...
