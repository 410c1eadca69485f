"""The audit: rows that the acts' own transactions write, read here, and sealed into a chain."""

from dataclasses import dataclass
from typing import Protocol

from keyfob_server.rules.acts import AuditRecord


@dataclass(frozen=True, slots=True)
class Seal:
    """The link that a row has in the chain: numbers begin at 1 and have no gap."""

    audit_id: str
    number: int
    text: str
    """Keyed hash over the row and the seal before it."""


@dataclass(frozen=True, slots=True)
class SealedRecord:
    seal: Seal
    record: AuditRecord


class AuditStore(Protocol):
    """All raise StorageUnavailable."""

    async def list_audit(self, *, after: str = "", limit: int = 100) -> list[AuditRecord]:
        """Oldest first, the page after the id `after`."""
        ...

    async def list_audit_backwards(self, *, before: str = "", limit: int = 100) -> list[AuditRecord]:
        """Newest first, the page before the id `before`; empty: from the newest on."""
        ...

    async def list_audit_of(
        self, subject_kind: str, subject_id: str, *, before: str = "", limit: int = 100
    ) -> list[AuditRecord]:
        """What happened to one thing, newest first."""
        ...

    async def list_unsealed(self, *, limit: int) -> list[AuditRecord]: ...

    async def count_unsealed(self) -> int: ...

    async def last_seal(self) -> Seal | None:
        """`audit_id` of it is empty."""
        ...

    async def list_sealed(self, *, after: int, limit: int) -> list[SealedRecord]:
        """In the order of the chain, behind the number `after`."""
        ...

    async def seal(self, seals: tuple[Seal, ...]) -> bool:
        """All or none: False when another process sealed one of them, or a number, first."""
        ...
