"""The pages about instances. Times are texts already, addresses are paths of ours."""

from dataclasses import dataclass

from keyfob_server.rules.instance_search import SearchBy
from keyfob_server.web.admin.views import Fact, Frame, HistoryRow


@dataclass(frozen=True, slots=True)
class StatusShown:
    code: str
    """`active`, `inactive`, or a final status; anything else looks like `inactive`."""
    word: str


@dataclass(frozen=True, slots=True)
class InstanceRow:
    client_id: str
    path: str
    app: str
    name: str
    user_name: str
    template: str
    status: StatusShown
    created: str
    last_used: str


@dataclass(frozen=True, slots=True)
class InstancesView:
    """Its search form asks by GET for `by`, `text`, `status`; its list for `act` and each chosen `id`."""

    frame: Frame
    by: SearchBy
    text: str
    status: str
    rows: tuple[InstanceRow, ...]
    older: str
    """The path of the next page; empty at the end."""
    newest: str
    """The path of the first page; empty on it."""
    looked_through: int
    """The search stopped after so many registrations, and can go on; 0: it did not."""


@dataclass(frozen=True, slots=True)
class GrantRow:
    created: str
    last_used: str
    scope: str
    live: bool
    state: str
    refreshes: int


@dataclass(frozen=True, slots=True)
class ActOffered:
    label: str
    path: str
    dangerous: bool = False


@dataclass(frozen=True, slots=True)
class InstanceView:
    frame: Frame
    title: str
    status: StatusShown
    status_text: str
    facts: tuple[Fact, ...]
    metadata: tuple[Fact, ...]
    grants: tuple[GrantRow, ...]
    history: tuple[HistoryRow, ...]
    acts: tuple[ActOffered, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Asks for the reason; posts `act`, each `id`, and `reason` to where it was asked for."""

    frame: Frame
    act: str
    title: str
    text: str
    button: str
    dangerous: bool
    rows: tuple[InstanceRow, ...]
    back: str
    reason: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptShown:
    client_id: str
    path: str
    facts: tuple[Fact, ...]
    signed: str


@dataclass(frozen=True, slots=True)
class ChangedView:
    frame: Frame
    title: str
    text: str
    receipts: tuple[ReceiptShown, ...]
    unchanged: tuple[InstanceRow, ...]
    late: tuple[str, ...] = ()
    """Client ids of what somebody else switched off for good at this moment."""
    unreached: tuple[str, ...] = ()
    """Client ids of what the database was too busy for."""
