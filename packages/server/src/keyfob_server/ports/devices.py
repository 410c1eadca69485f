from typing import Protocol

from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
from keyfob_server.rules.acts import Act
from keyfob_server.rules.devices import Device


class DeviceStore(Protocol):
    """What owners do with their instances, and never with another's. All raise StorageUnavailable."""

    async def list_devices(
        self, owner: AccountId, *, session_id: SessionId | None = None, before: str = "", limit: int = 50
    ) -> list[Device]:
        """Newest first, older than the client id `before`, without those that ended long ago."""
        ...

    async def find_device(
        self, owner: AccountId, client_id: ClientId, *, session_id: SessionId | None = None
    ) -> Device | None:
        """None for an unknown one, and for another owner's alike."""
        ...

    async def rename_device(self, owner: AccountId, client_id: ClientId, name: str, *, act: Act) -> bool:
        """Set `instance_name`; False when this owner has no such instance, it has ended, or it was changed just now."""
        ...

    async def end_other_sessions(self, owner: AccountId, user_name: str, but: SessionId, *, act: Act) -> int:
        """Every browser's sign-in of this person but one, whether an app used it or not; how many ended."""
        ...
