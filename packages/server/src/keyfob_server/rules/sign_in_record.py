"""What sign-in by user name reads, as the database brought it."""

from dataclasses import dataclass

from keyfob_server.rules.records import Account


@dataclass(frozen=True, slots=True)
class SignInRecord:
    """What sign-in by user name reads."""

    now: int
    account: Account | None
    password_hash: str = ""
