"""What was fetched lately, and for how long it is not asked for again."""

import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

LEAST_LIFETIME_S = 60
MOST_LIFETIME_S = 86400
MAX_ENTRIES = 128

# Nine digits are more than a day; what follows them makes it no less.
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?0*([0-9]{1,9})", re.IGNORECASE)

T = TypeVar("T")


def lifetime_s(cache_control: str) -> int:
    """The max-age of a Cache-Control header (RFC 9111 section 5.2.2.1), between a minute and a day.

    The minute also holds against no-store: a registration must not be a way to make the server ask again and again.
    """
    found = _MAX_AGE.search(cache_control)
    return min(max(int(found[1]) if found else 0, LEAST_LIFETIME_S), MOST_LIFETIME_S)


class AnswerCache(Generic[T]):
    """`clock` counts seconds and never goes back. The entry that was used least lately goes when there are too many."""

    def __init__(self, clock: Callable[[], float], *, max_entries: int = MAX_ENTRIES) -> None:
        self._clock = clock
        self._max_entries = max_entries
        self._entries: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def find(self, uri: str) -> T | None:
        entry = self._entries.get(uri)
        if entry is None:
            return None
        expires_at, answer = entry
        if expires_at <= self._clock():
            del self._entries[uri]
            return None
        self._entries.move_to_end(uri)
        return answer

    def add(self, uri: str, answer: T, *, lifetime_s: float) -> None:
        self._entries[uri] = (self._clock() + lifetime_s, answer)
        self._entries.move_to_end(uri)
        while len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)
