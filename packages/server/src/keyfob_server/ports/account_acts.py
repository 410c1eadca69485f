from typing import Protocol

from keyfob_protocol.identifiers import SessionId
from keyfob_server.rules.acts import Act
from keyfob_server.rules.records import Account, Session


class AccountActs(Protocol):
    """What the admin pages do to accounts beside the verbs of the command line. All raise StorageUnavailable.

    `by` is the administrator who was judged: False, and nothing changed, when their own account is not active any more,
    or its generation or roles moved since. So of two who take each other out at one moment, one stays.
    """

    async def search(self, prefix: str, *, after: str = "", limit: int = 50) -> list[Account]:
        """By user name, those that begin with `prefix`, the page after `after`."""
        ...

    async def set_status(self, user_name: str, status: str, *, by: Account, act: Act) -> bool:
        """Set the status and raise the generation. False also for no such account."""
        ...

    async def sign_out_everywhere(self, user_name: str, *, by: Account, act: Act) -> bool:
        """Raise the account's generation: sessions, codes and tokens from before die. False as above."""
        ...

    async def add_administrator_session(
        self, session: Session, *, user_name: str, role: str, replaces: SessionId | None, act: Act
    ) -> None:
        """Somebody with this role signed in at the admin pages; the session that the browser had ends.

        Raises ValueError when the id exists.
        """
        ...

    async def end_administrator_session(self, session_id: SessionId, *, user_name: str, act: Act) -> bool:
        """False, and no audit row, when it had ended."""
        ...
