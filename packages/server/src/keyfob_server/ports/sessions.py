"""People's sign-ins in browsers, and what a sign-in reads."""

from typing import Protocol

from keyfob_protocol.identifiers import AccountId, SessionId
from keyfob_server.rules.records import Session
from keyfob_server.rules.sign_in_record import SignInRecord


class SessionStore(Protocol):
    """All raise StorageUnavailable."""

    async def find_sign_in(self, user_name: str) -> SignInRecord: ...

    async def replace_password_hash(self, account_id: AccountId, *, old: str, new: str) -> None:
        """Store the same password under newer Argon2 parameters, if `old` is still the hash."""
        ...

    async def add_session(self, session: Session) -> None: ...

    async def touch_session(self, session_id: SessionId, *, seen_at: int) -> None: ...

    async def end_session(self, session_id: SessionId) -> bool: ...
