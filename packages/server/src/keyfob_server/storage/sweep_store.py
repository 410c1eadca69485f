from typing import Final

import msgspec

from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.sweeping import Sweepable
from keyfob_server.rules.sweeping import ConsentKey, DeadConsents, IdleInstance, IdlePage
from keyfob_server.storage import sweep_statements as texts
from keyfob_server.storage.client_documents import merged_metadata_of, metadata_of
from keyfob_server.storage.executor import Executor, Row, Step

_COUNTS: Final[dict[Sweepable, str]] = {
    "sessions": texts.COUNT_OLD_SESSIONS,
    "revoked_tokens": texts.COUNT_OLD_REVOKED_TOKENS,
    "initial_tokens": texts.COUNT_OLD_INITIAL_TOKENS,
    "grants": texts.COUNT_OLD_GRANTS,
    "dead_grants": texts.COUNT_DEAD_GRANTS,
    "initial_grants": texts.COUNT_OLD_INITIAL_GRANTS,
    "tombstones": texts.COUNT_OLD_TOMBSTONES,
    "consents": texts.COUNT_OLD_CONSENTS,
    "sign_in_failures": texts.COUNT_OLD_SIGN_IN_FAILURES,
}
_REMOVALS: Final[dict[Sweepable, str]] = {
    "sessions": texts.REMOVE_OLD_SESSIONS,
    "revoked_tokens": texts.REMOVE_OLD_REVOKED_TOKENS,
    "initial_tokens": texts.REMOVE_OLD_INITIAL_TOKENS,
    "grants": texts.REMOVE_OLD_GRANTS,
    "dead_grants": texts.REMOVE_DEAD_GRANTS,
    "initial_grants": texts.REMOVE_OLD_INITIAL_GRANTS,
    "tombstones": texts.REMOVE_OLD_TOMBSTONES,
    "consents": texts.REMOVE_OLD_CONSENTS,
    "sign_in_failures": texts.REMOVE_OLD_SIGN_IN_FAILURES,
}
_NOTES: Final[dict[Sweepable, str]] = {
    "grants": texts.NOTE_LAST_USE_OF_OLD,
    "dead_grants": texts.NOTE_LAST_USE,
}
_LARGEST_BATCH = 500


class SqlSweepStore:
    """ports.sweeping.SweepStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def count_expired(self, what: Sweepable, *, before: int) -> int:
        ((count,),) = await self._executor.read(_COUNTS[what], (before,))
        return int(count)

    async def remove_expired(self, what: Sweepable, *, before: int, limit: int) -> int:
        batch = (before, min(limit, _LARGEST_BATCH))
        steps = [Step(_REMOVALS[what], batch)]
        if note := _NOTES.get(what):
            steps.insert(0, Step(note, batch, required=False))
        return len(await self._executor.write(*steps))

    async def list_idle(self, *, never_used_before: int, idle_before: int, after: str, limit: int) -> IdlePage:
        limit = min(limit, _LARGEST_BATCH)
        asked = (never_used_before, idle_before, after, limit)
        rows = await self._executor.read(texts.LIST_IDLE, asked)
        found = [_idle_of(row) for row in rows if row[5]]
        return IdlePage(tuple(idle for idle in found if idle is not None), rows[-1][0] if len(rows) == limit else "")

    async def list_dead_consents(self, *, expired_before: int, after: ConsentKey, limit: int) -> DeadConsents:
        limit = min(limit, _LARGEST_BATCH)
        rows = await self._executor.read(texts.LIST_DEAD_CONSENTS, (*after, expired_before, limit))
        last = ConsentKey(rows[-1][0], rows[-1][1]) if rows else after
        return DeadConsents(sum(bool(row[2]) for row in rows), last, more=len(rows) == limit)

    async def remove_dead_consents(self, *, after: ConsentKey, last: ConsentKey) -> int:
        return len(await self._executor.write(Step(texts.REMOVE_DEAD_CONSENTS, (*after, *last))))


def _idle_of(row: Row) -> IdleInstance | None:
    """None when its document cannot be read: an administrator has to look at it."""
    client_id, own, template, settings, used, _ = row
    try:
        metadata = metadata_of(own) if template is None else merged_metadata_of(template, own, settings)
    except msgspec.MsgspecError:
        return None
    return IdleInstance(ClientId(client_id), metadata, bool(used))
