"""Buckets in memory: a flood costs no write, and no more memory than the keys that are kept."""

from collections import OrderedDict
from collections.abc import Callable

from keyfob_server.rules.limits import Limit, taken, wait_s


class MemoryRateLimiter:
    """ports.limits.RateLimiter. Each kind has its own keys, so that a flood of one kind forgets nothing of another."""

    __slots__ = ("_clock", "_full_at", "_max_keys")

    def __init__(self, clock: Callable[[], int], *, max_keys: int) -> None:
        """`clock` gives nanoseconds and never goes back. Of each kind the `max_keys` used last are kept."""
        self._clock = clock
        self._max_keys = max_keys
        self._full_at: dict[str, OrderedDict[str, int]] = {}

    def hit(self, limit: Limit, key: str) -> int | None:
        now, keys = self._clock(), self._keys(limit)
        full_at = keys.get(key, now)
        wait = wait_s(limit, full_at, now)
        if wait is None:
            keys[key] = taken(limit, full_at, now)
        if key in keys:
            keys.move_to_end(key)
        if len(keys) > self._max_keys:
            keys.popitem(last=False)
        return wait

    def peek(self, limit: Limit, key: str) -> int | None:
        keys = self._full_at.get(limit.name)
        full_at = keys.get(key) if keys else None
        return None if full_at is None else wait_s(limit, full_at, self._clock())

    def give_back(self, limit: Limit, key: str) -> None:
        keys = self._keys(limit)
        if key in keys:
            keys[key] -= limit.share_ns

    def clear(self, limit: Limit, key: str) -> None:
        self._keys(limit).pop(key, None)

    def _keys(self, limit: Limit) -> OrderedDict[str, int]:
        keys = self._full_at.get(limit.name)
        if keys is None:
            keys = self._full_at[limit.name] = OrderedDict()
        return keys
