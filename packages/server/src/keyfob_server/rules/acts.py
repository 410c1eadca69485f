"""Who changes something, from where, and why: kept with the change, in the same commit."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Act:
    by: str = "keyfob"
    """`admin page: NAME`, `command line: NAME`, `owner`, `registration access token`, or the server itself."""
    reason: str = ""
    origin: str = ""
    """The network address that it came from; empty for the command line and the server itself."""


ITSELF: Final = Act()
"""The server, at its start or by a job of its own."""


@dataclass(frozen=True, slots=True)
class InstanceChange:
    """A change of status that took effect."""

    at: int
    """The database's time."""
    grants: int
    """Live grants that were made under the generation before, and are dead now."""
    sessions: int = 0
    """Browser sign-ins that ended with it."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """A row of the audit. `before` and `after` are short texts: a status, a version, a list of names."""

    id: str
    created: int
    event: str
    """`instance.revoked`, `account.disabled`, `template.changed` and the like."""
    subject_kind: str
    """`instance`, `grant`, `account`, `client`, `template`, `initial_token`, `key`, `setting`."""
    subject_id: str
    by: str
    origin: str
    reason: str
    before: str
    after: str
