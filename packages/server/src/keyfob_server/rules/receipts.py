"""What a kill answers: what is dead, and from when on (instances.md, "Life")."""

from dataclasses import dataclass

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.acts import Act, InstanceChange

TYPE = "keyfob-receipt+jwt"
"""The `typ` of a signed receipt, so that it is never taken for another token."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Times are epoch seconds."""

    client_id: ClientId
    status: str
    """Which the instance has now."""
    at: int
    effective_at: int
    """From then on nothing of it works anywhere: at once, since no token of it is believed without its row."""
    grants: int
    sessions: int
    """Browser sign-ins that were ended with it."""
    by: str
    reason: str

    def claims(self, issuer: str) -> dict[str, object]:
        """The members of the signed form (RFC 7519)."""
        return {"iss": issuer, **self.facts()}

    def facts(self) -> dict[str, object]:
        return {
            "iat": self.at,
            "client_id": self.client_id,
            "client_status": self.status,
            "effective_at": self.effective_at,
            "grants": self.grants,
            "sessions": self.sessions,
            "by": self.by,
            "reason": self.reason,
        }


def receipt_of(client_id: ClientId, status: str, change: InstanceChange, act: Act) -> Receipt:
    """Every access token is opaque, so a kill is in force when it is committed."""
    return Receipt(client_id, status, change.at, change.at, change.grants, change.sessions, act.by, act.reason)
