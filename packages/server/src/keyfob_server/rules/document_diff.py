"""What is different between two documents, member by member."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MemberChange:
    member: str
    before: object
    """None: it was not there."""
    after: object
    """None: it is not there any more."""


def document_diff(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[MemberChange, ...]:
    """In the order of the members' names; the order within a list counts."""
    return tuple(
        MemberChange(name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )
