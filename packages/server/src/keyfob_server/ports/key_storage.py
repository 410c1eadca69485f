"""What happens to keys, and after a restore: rare, and by administrators alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from keyfob_server.rules.acts import Act
from keyfob_server.rules.records import SigningKeyRecord


@dataclass(frozen=True, slots=True)
class BoundToKey:
    """How many rows name one verification key: what it made is dead without it."""

    client_secrets: int
    registration_tokens: int
    static_clients: int
    passwords: int

    @property
    def total(self) -> int:
        return self.client_secrets + self.registration_tokens + self.static_clients + self.passwords


class Rewrapping(NamedTuple):
    before: SigningKeyRecord
    after: SigningKeyRecord


class KeyStore(Protocol):
    """What a start needs. All raise StorageUnavailable."""

    async def list_signing_keys(self) -> list[SigningKeyRecord]: ...

    async def add_first_signing_key(self, record: SigningKeyRecord) -> list[SigningKeyRecord]:
        """Store it unless a key of its algorithm signs when it would; all that there are then."""
        ...

    async def get_setting(self, name: str) -> str | None: ...

    async def add_setting(self, name: str, value: str) -> str:
        """Store `value` unless the name has one; the value that stands."""
        ...


class KeyAdminStore(Protocol):
    """All raise StorageUnavailable. Each act leaves an audit row in the same transaction."""

    async def publish_signing_key(self, record: SigningKeyRecord, *, act: Act) -> None:
        """Raises ValueError when the `kid` exists."""
        ...

    async def withdraw_signing_key(self, kid: str, *, act: Act) -> bool:
        """Take it out of use now; False when it is unknown, or was withdrawn before."""
        ...

    async def rewrap_signing_keys(self, changes: Sequence[Rewrapping]) -> bool:
        """All of them or none: False when one is not any more what it was before."""
        ...

    async def replace_settings(self, values: Mapping[str, str], *, act: Act) -> None:
        """All of them in one transaction, whether they had a value or not."""
        ...

    async def end_some_sessions(self, *, limit: int) -> int:
        """End live browser sign-ins, whosever they are; how many it were."""
        ...

    async def count_bound_to(self, key_id: str) -> BoundToKey: ...

    async def newest_fact(self) -> int:
        """When the youngest row of what apps and people did was written, in epoch seconds; 0 when there is none."""
        ...

    async def note_key_act(self, event: str, key_id: str, *, act: Act) -> None:
        """An audit row alone: root keys are in no table."""
        ...
