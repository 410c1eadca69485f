from dataclasses import dataclass
from typing import Literal

from keyfob_server.rules.records import Account


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person proved to be this account's; `amr` says how (RFC 8176)."""

    account: Account
    now: int
    amr: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignInFailed:
    error: Literal["wrong", "busy"]
    reason: str
    """For the log alone: the page says the same whatever it was."""
