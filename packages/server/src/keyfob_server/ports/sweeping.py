"""What has had its day: counted, and removed in bounded batches. All raise StorageUnavailable."""

from typing import Literal, Protocol

from keyfob_server.rules.sweeping import ConsentKey, DeadConsents, IdlePage

Sweepable = Literal[
    "sessions",
    "revoked_tokens",
    "initial_tokens",
    "grants",
    "dead_grants",
    "initial_grants",
    "tombstones",
    "consents",
    "sign_in_failures",
]


class SweepStore(Protocol):
    async def count_expired(self, what: Sweepable, *, before: int) -> int:
        """How many rows ended, or were made, before this time (epoch seconds)."""
        ...

    async def remove_expired(self, what: Sweepable, *, before: int, limit: int) -> int:
        """Remove at most `limit` of them; how many were removed."""
        ...

    async def list_idle(self, *, never_used_before: int, idle_before: int, after: str, limit: int) -> IdlePage:
        """Of one page of all instances, by client id and behind `after`, the active ones that nobody uses: registered
        before the one time and never used, or used last before the other.
        """
        ...

    async def list_dead_consents(self, *, expired_before: int, after: ConsentKey, limit: int) -> DeadConsents:
        """Of one page of all consents, behind `after`: those whose account, client or template is gone or has another
        generation, so that they can never stand again. Those that expired before the time are not counted.
        """
        ...

    async def remove_dead_consents(self, *, after: ConsentKey, last: ConsentKey) -> int:
        """Remove them, of the page behind `after` up to `last`; how many were removed."""
        ...
