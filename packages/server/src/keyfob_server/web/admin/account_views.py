"""The pages about accounts."""

from dataclasses import dataclass

from keyfob_server.web.admin.instance_views import ActOffered, InstanceRow, StatusShown
from keyfob_server.web.admin.views import Fact, Frame, HistoryRow


@dataclass(frozen=True, slots=True)
class AccountRow:
    user_name: str
    path: str
    name: str
    email: str
    roles: str
    status: StatusShown
    created: str


@dataclass(frozen=True, slots=True)
class AccountsView:
    """Its search form asks by GET for `text`."""

    frame: Frame
    text: str
    rows: tuple[AccountRow, ...]
    more: str
    """The path of the next page; empty at the end."""


@dataclass(frozen=True, slots=True)
class AccountView:
    frame: Frame
    user_name: str
    status: StatusShown
    facts: tuple[Fact, ...]
    acts: tuple[ActOffered, ...]
    refusal: str
    """Why there are no acts; empty when there are."""
    instances: tuple[InstanceRow, ...]
    all_instances: str
    """The path of their list."""
    history: tuple[HistoryRow, ...]
    done: str = ""
