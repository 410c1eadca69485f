"""What lists show."""

from dataclasses import dataclass

from keyfob_protocol.identifiers import ClientId


@dataclass(frozen=True, slots=True)
class InstanceSummary:
    """An instance as the command line and the administrator see it."""

    client_id: ClientId
    client_name: str
    instance_name: str
    instance_platform: str
    user_name: str
    status: str
    status_reason: str
    status_by: str
    status_at: int | None
    template: str
    """Empty without one."""
    initial_client: str
    scope: str
    created: int
    updated: int
    last_used: int | None
    """Newest refresh or sign-in, None when never used."""
