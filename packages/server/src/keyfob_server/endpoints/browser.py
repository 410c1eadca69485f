"""Who is asking, at the pages."""

from dataclasses import dataclass, field

from keyfob_protocol.identifiers import SessionId
from keyfob_server.rules.remote_address import RemoteAddress


@dataclass(frozen=True, slots=True)
class Browser:
    """The hash of the browser's cookie, the session that its second names, and where it is."""

    hash: str
    session_id: SessionId | None
    remote: RemoteAddress
    device: str | None = field(default=None, repr=False)
    """Its third cookie, unopened."""
