"""The pages about static clients."""

from dataclasses import dataclass

from keyfob_server.web.admin.instance_views import StatusShown
from keyfob_server.web.admin.views import Fact, Frame, HistoryRow


@dataclass(frozen=True, slots=True)
class ClientRow:
    client_id: str
    path: str
    name: str
    uses: str
    status: StatusShown


@dataclass(frozen=True, slots=True)
class ClientsView:
    frame: Frame
    rows: tuple[ClientRow, ...]
    more: str


@dataclass(frozen=True, slots=True)
class ClientView:
    frame: Frame
    client_id: str
    status: StatusShown
    facts: tuple[Fact, ...]
    document: tuple[Fact, ...]
    history: tuple[HistoryRow, ...]
