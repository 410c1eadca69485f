from keyfob_server.ports.audit import Seal, SealedRecord
from keyfob_server.rules.acts import AuditRecord
from keyfob_server.storage import audit_statements
from keyfob_server.storage.executor import Executor, Row, Step

_LAST = "~"
"""Behind every id in the order of text."""
_LARGEST_PAGE = 1000


class SqlAuditStore:
    """ports.audit.AuditStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def list_audit(self, *, after: str = "", limit: int = 100) -> list[AuditRecord]:
        return await self._records(audit_statements.LIST_AUDIT, (after, _page(limit)))

    async def list_audit_backwards(self, *, before: str = "", limit: int = 100) -> list[AuditRecord]:
        return await self._records(audit_statements.LIST_AUDIT_BACKWARDS, (before or _LAST, _page(limit)))

    async def list_audit_of(
        self, subject_kind: str, subject_id: str, *, before: str = "", limit: int = 100
    ) -> list[AuditRecord]:
        asked = (subject_kind, subject_id, before or _LAST, _page(limit))
        return await self._records(audit_statements.LIST_AUDIT_OF, asked)

    async def list_unsealed(self, *, limit: int) -> list[AuditRecord]:
        return await self._records(audit_statements.LIST_UNSEALED, (_page(limit),))

    async def count_unsealed(self) -> int:
        ((count,),) = await self._executor.read(audit_statements.COUNT_UNSEALED, ())
        return int(count)

    async def last_seal(self) -> Seal | None:
        found = await self._executor.read(audit_statements.LAST_SEAL, ())
        return Seal("", found[0][0], found[0][1]) if found else None

    async def list_sealed(self, *, after: int, limit: int) -> list[SealedRecord]:
        found = await self._executor.read(audit_statements.LIST_SEALED, (after, _page(limit)))
        return [SealedRecord(Seal(row[2], row[0], row[1]), _record_of(row[2:])) for row in found]

    async def seal(self, seals: tuple[Seal, ...]) -> bool:
        steps = [Step(audit_statements.SEAL, (seal.audit_id, seal.number, seal.text)) for seal in seals]
        return bool(await self._executor.write(*steps))

    async def _records(self, text: str, parameters: tuple[str | int, ...]) -> list[AuditRecord]:
        return [_record_of(row) for row in await self._executor.read(text, parameters)]


def _record_of(row: Row) -> AuditRecord:
    key, created, event, kind, subject, actor, origin, reason, before, after = row
    return AuditRecord(key, created, event, kind, subject, actor, origin, reason, before, after)


def _page(limit: int) -> int:
    return max(0, min(limit, _LARGEST_PAGE))
