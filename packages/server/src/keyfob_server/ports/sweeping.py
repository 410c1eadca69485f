"""What has had its day: counted, and removed in bounded batches. All raise StorageUnavailable."""

from typing import Literal, Protocol

from keyfob_server.rules.sweeping import IdlePage

Sweepable = Literal[
    "sessions",
    "revoked_tokens",
    "initial_tokens",
    "grants",
    "dead_grants",
    "initial_grants",
    "tombstones",
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
