"""A request to an admin page, after every check."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keyfob_protocol.parameters import Parameters
from keyfob_server.rules.acts import Act
from keyfob_server.rules.administrators import Administrator, act_of


class PasswordNeeded(Exception):
    """The act is dangerous, and the password was given too long ago."""

    def __init__(self, return_to: str) -> None:
        super().__init__("password needed")
        self.return_to = return_to


@dataclass(frozen=True, slots=True)
class Visit:
    """Made by the guard alone: somebody with the route's role is signed in, and a form came from one of our pages."""

    administrator: Administrator
    now: int
    """The database's time."""
    query: Parameters
    form: Parameters
    """Empty unless it is a POST."""
    path: Mapping[str, str]
    """The parts of the address that the route names."""
    form_token: str = field(repr=False)
    origin: str
    """The network address that it came from."""
    request_id: str

    def act(self, reason: str = "") -> Act:
        return act_of(self.administrator.account, reason=reason, origin=self.origin)

    def require_recent_password(self, return_to: str) -> None:
        """Raises PasswordNeeded; the person comes back to the path `return_to` when they have given it again."""
        if not self.administrator.has_recent_password(self.now):
            raise PasswordNeeded(return_to)
