"""Who may use the admin pages: the roles of accounts, each with everything that those before it may do."""

from dataclasses import dataclass
from typing import Final, Literal

from keyfob_server.rules.acts import Act
from keyfob_server.rules.liveness import live_session
from keyfob_server.rules.records import Account, Loaded, Session

Role = Literal["support", "operator", "owner"]
ROLES: Final[tuple[Role, ...]] = ("support", "operator", "owner")

IDLE_S: Final = 15 * 60
ABSOLUTE_S: Final = 8 * 3600
RECENT_PASSWORD_S: Final = 5 * 60
"""For so long after the password was given, dangerous acts do not ask for it."""
SIGN_IN_S: Final = 10 * 60
"""For so long a sign-in may take."""
TOUCH_S: Final = 30
"""A session's last use is written this coarsely."""


@dataclass(frozen=True, slots=True)
class Administrator:
    """The proof that somebody with a role is signed in at the admin pages; made by `administrator_of` alone."""

    account: Account
    role: Role
    session: Session

    def has_recent_password(self, now: int) -> bool:
        return now - self.session.authentication.auth_time <= RECENT_PASSWORD_S


@dataclass(frozen=True, slots=True)
class NoRole:
    """Signed in, and no administrator (any more)."""

    account: Account


def role_of(account: Account) -> Role | None:
    """The highest one; texts that are no role count for nothing."""
    held = [role for role in ROLES if role in account.roles]
    return held[-1] if held else None


def includes(role: Role, minimum: Role) -> bool:
    return ROLES.index(role) >= ROLES.index(minimum)


def administrator_of(loaded: Loaded) -> Administrator | NoRole | None:
    """Who is signed in, by the row of an administrator's session and the account as it is now; None: nobody."""
    live = live_session(loaded, idle_s=IDLE_S)
    if live is None:
        return None
    role = role_of(live.account)
    return Administrator(live.account, role, live.session) if role else NoRole(live.account)


def act_of(account: Account, *, reason: str = "", origin: str = "") -> Act:
    """What an administrator does at the admin pages, as it is kept."""
    return Act(f"admin page: {account.user_name}", reason, origin)


def refusal_to_change(administrator: Administrator, account: Account) -> str | None:
    """Why this account is not theirs to change, as a sentence; None when it is.

    Whoever could disable or sign out those above would soon be above.
    """
    if account.id == administrator.account.id:
        return "this is your own account; somebody else can change it"
    if role_of(account) is not None and administrator.role != "owner":
        return "this account has an administrator's role: only an owner can change it"
    return None
