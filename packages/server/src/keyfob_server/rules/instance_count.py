"""Counting the living instances of every template, a few pages at a time, over and over (ADR 0037)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from keyfob_protocol.cheaply_made import cheaply_made


@cheaply_made
@dataclass(frozen=True, slots=True)
class CountedPage:
    """Living instances by template (empty: of none) in one page of all instances."""

    living: Mapping[str, int]
    last: str
    """The id that the page ended with; empty when there is nothing behind it."""


@cheaply_made
@dataclass(frozen=True, slots=True)
class InstanceCount:
    counted: Mapping[str, int] = field(default_factory=dict)
    """By template, when they were gone through last."""
    so_far: Mapping[str, int] = field(default_factory=dict)
    """Of the round under way."""
    after: str = ""
    """Where it goes on; empty: at the first instance."""


def with_page(count: InstanceCount, page: CountedPage) -> InstanceCount:
    """The last page of a round ends it, and the next one begins at the first instance."""
    names = sorted({*count.so_far, *page.living})
    so_far = {name: count.so_far.get(name, 0) + page.living.get(name, 0) for name in names}
    return InstanceCount(count.counted, so_far, page.last) if page.last else InstanceCount(so_far)


def encode(count: InstanceCount) -> str:
    said = {"counted": dict(count.counted), "so_far": dict(count.so_far), "after": count.after}
    return json.dumps(said, sort_keys=True)


def decode(text: str) -> InstanceCount:
    """Raises ValueError for what `encode` did not write."""
    if not text:
        return InstanceCount()
    document = json.loads(text)
    if not isinstance(document, dict) or set(document) != {"counted", "so_far", "after"}:
        raise ValueError("not a count of instances")
    counted, so_far, after = document["counted"], document["so_far"], document["after"]
    if not isinstance(after, str) or not _is_count(counted) or not _is_count(so_far):
        raise ValueError("a count of instances has whole numbers by template")
    return InstanceCount(counted, so_far, after)


def _is_count(document: object) -> bool:
    return isinstance(document, dict) and all(type(number) is int for number in document.values())
