"""The audit row of an act, as a step of the transaction that does it."""

import os
import time
from typing import Final

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.acts import Act
from keyfob_server.rules.records import ACTIVE, DELETED, EXPIRED, INACTIVE, REVOKED, GrantKey
from keyfob_server.storage import audit_statements
from keyfob_server.storage.executor import Step

_STATUS_EVENTS: Final = {
    ACTIVE: "reactivated",
    INACTIVE: "suspended",
    REVOKED: "revoked",
    DELETED: "deleted",
    EXPIRED: "expired",
}


def audit_id() -> str:
    """32 hexadecimal digits that grow with time, so that the rows lie in the order of the acts."""
    return f"{time.time_ns() // 1000:014x}{os.urandom(9).hex()}"


def audit_step(event: str, kind: str, subject: str, act: Act, *, before: str = "", after: str = "") -> Step:
    """For a change that knows what was before."""
    told = (audit_id(), event, kind, subject, act.by, act.origin, act.reason, before, after)
    return Step(audit_statements.ADD_AUDIT, told)


def instance_step(client_id: ClientId, status: str, act: Act) -> Step:
    """Brings no row for an instance that is unknown or has a final status: the change is not done then."""
    event = f"instance.{_STATUS_EVENTS.get(status, 'suspended')}"
    return Step(audit_statements.INSTANCE_ACT, (*_told(event, act), status, client_id))


def grant_step(key: GrantKey, act: Act, refresh_counter: int | None) -> Step:
    """Brings no row for a grant that is unknown, revoked, or has moved on from `refresh_counter`."""
    return Step(audit_statements.GRANT_ACT, (*_told("grant.revoked", act), REVOKED, *key, refresh_counter))


def account_step(event: str, user_name: str, act: Act, *, after: str = "") -> Step:
    """Brings no row when there is no such account."""
    return Step(audit_statements.ACCOUNT_ACT, (*_told(f"account.{event}", act), after, user_name))


def consent_step(account_id: AccountId, user_name: str, client_id: ClientId, act: Act) -> Step:
    """Brings no row when this person agreed to nothing of this client's."""
    told = _told("account.consent_withdrawn", act)
    return Step(audit_statements.CONSENT_ACT, (*told, user_name, account_id, client_id))


def _told(event: str, act: Act) -> tuple[str, str, str, str, str]:
    return audit_id(), event, act.by, act.origin, act.reason
