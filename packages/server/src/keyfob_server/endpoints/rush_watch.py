"""Counts refused registrations of each template on this node. Only an alarm hangs on it: bounded, and not stored."""

from collections import OrderedDict
from typing import Final

from keyfob_server.rules.rush import Rush, refused

_MAX_TEMPLATES: Final = 1000


class RushWatch:
    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: OrderedDict[str, Rush] = OrderedDict()

    def count(self, template: str, *, now: int, after_s: int) -> Rush | None:
        """The rush that this refusal belongs to when an operator has to hear of it now, else None."""
        before = self._seen.pop(template, None)
        rush = refused(before, now=now, after_s=after_s)
        self._seen[template] = rush
        if len(self._seen) > _MAX_TEMPLATES:
            self._seen.popitem(last=False)
        return rush if rush.told and (before is None or rush.told != before.told) else None
