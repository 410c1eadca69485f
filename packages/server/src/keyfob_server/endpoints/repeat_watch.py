"""Counts repeated refresh answers on this node. Only an alarm hangs on it, so it is bounded and not stored."""

from collections import OrderedDict
from typing import Final

from keyfob_server.rules.records import GrantKey
from keyfob_server.rules.repeats import Repeats, repeated

_MAX_GRANTS: Final = 10_000


class RepeatWatch:
    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: OrderedDict[GrantKey, Repeats] = OrderedDict()

    def count(self, key: GrantKey, counter: int) -> bool:
        """True when this repeat completes a pattern that an owner should hear of; a pattern is told once."""
        before = self._seen.pop(key, None)
        repeats = repeated(before, counter)
        self._seen[key] = repeats
        if len(self._seen) > _MAX_GRANTS:
            self._seen.popitem(last=False)
        return repeats.suspicious and not (before is not None and before.suspicious)
