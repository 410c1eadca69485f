"""What is around every admin page, and the pages that are not about anything in particular."""

from dataclasses import dataclass

from keyfob_server.rules.administrators import Role, includes
from keyfob_server.web.admin.visit import Visit


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    path: str
    minimum: Role


NAVIGATION = (
    NavItem("Registered clients", "/admin/instances", "support"),
    NavItem("Dynamic registration", "/admin/registration", "operator"),
    NavItem("Accounts", "/admin/accounts", "operator"),
    NavItem("Templates", "/admin/templates", "operator"),
    NavItem("Static clients", "/admin/clients", "operator"),
    NavItem("Initial tokens", "/admin/initial-tokens", "operator"),
    NavItem("Keys", "/admin/keys", "operator"),
    NavItem("Audit", "/admin/audit", "operator"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """Who is signed in, and where they can go."""

    user_name: str
    role: Role
    form_token: str
    """What each form posts as `form_token`."""
    items: tuple[NavItem, ...]
    current: str
    """The path of the item that the page belongs to."""


def frame_of(visit: Visit, current: str = "") -> Frame:
    role = visit.administrator.role
    return Frame(
        user_name=visit.administrator.account.user_name,
        role=role,
        form_token=visit.form_token,
        items=tuple(item for item in NAVIGATION if includes(role, item.minimum)),
        current=current,
    )


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A page for somebody who is not, or not as an administrator, signed in, and for trouble of any kind."""

    title: str
    text: str
    advice: str = ""
    link: str = ""
    """A path of ours; empty: none."""
    link_label: str = ""


@dataclass(frozen=True, slots=True)
class RefusedView:
    """Something that an administrator asked for was not done."""

    frame: Frame
    title: str
    text: str
    back: str
    """A path of ours."""
    back_label: str = "Back"


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str
    code: bool = False
    """An identifier or an address: shown as such, and in full."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    when: str
    event: str
    by: str
    origin: str
    reason: str
    change: str


@dataclass(frozen=True, slots=True)
class ActView:
    """Asks for the reason of an act; posts it, with what is hidden, to `action`."""

    frame: Frame
    title: str
    text: str
    button: str
    action: str
    back: str
    hidden: tuple[tuple[str, str], ...] = ()
    facts: tuple[Fact, ...] = ()
    dangerous: bool = False
    reason: str = ""
    error: str = ""
