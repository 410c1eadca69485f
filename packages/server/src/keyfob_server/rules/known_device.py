"""What a browser carries after a sign-in, so that it is told from strangers who try the same user name (ADR 0020)."""

import json
from dataclasses import dataclass
from typing import ClassVar, Final

from keyfob_protocol.identifiers import AccountId

MAX_ACCOUNTS: Final = 5


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """Sealed in a cookie. It proves nothing and opens nothing: whoever has it still needs the password."""

    PURPOSE: ClassVar[str] = "known_device"

    id: str
    """Random; failures from this browser are counted by it."""
    accounts: tuple[AccountId, ...]
    """Those that signed in here, the latest first."""
    expires_at: int

    def encode(self) -> bytes:
        return json.dumps([self.id, list(self.accounts), self.expires_at], separators=(",", ":")).encode()

    @classmethod
    def decode(cls, payload: bytes) -> "KnownDevice":
        identifier, accounts, expires_at = json.loads(payload)
        return cls(identifier, tuple(AccountId(account) for account in accounts), expires_at)

    def knows(self, account_id: AccountId, now: int) -> bool:
        return account_id in self.accounts and now < self.expires_at


def after_sign_in(
    device: KnownDevice | None, account_id: AccountId, *, new_id: str, now: int, lifetime_s: int
) -> KnownDevice:
    """The device as it is from now on. One that expired is a new one."""
    kept = device if device is not None and now < device.expires_at else KnownDevice(new_id, (), 0)
    others = tuple(known for known in kept.accounts if known != account_id)
    return KnownDevice(kept.id, (account_id, *others)[:MAX_ACCOUNTS], now + lifetime_s)
