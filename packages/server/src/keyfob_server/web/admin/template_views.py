"""The pages about templates."""

from dataclasses import dataclass

from keyfob_server.web.admin.instance_views import ActOffered, StatusShown
from keyfob_server.web.admin.views import Fact, Frame, HistoryRow


@dataclass(frozen=True, slots=True)
class TemplateRow:
    template_id: str
    path: str
    name: str
    status: StatusShown
    version: int


@dataclass(frozen=True, slots=True)
class TemplatesView:
    frame: Frame
    rows: tuple[TemplateRow, ...]
    more: str
    """The path of the next page; empty at the end."""


@dataclass(frozen=True, slots=True)
class DiffRow:
    member: str
    before: str
    """Empty: it was not there."""
    after: str
    """Empty: it is not there any more."""


@dataclass(frozen=True, slots=True)
class VersionShown:
    title: str
    by: str
    reason: str
    diff: tuple[DiffRow, ...]
    roll_back: str
    """The path that asks for a return to it; empty for the newest one."""


@dataclass(frozen=True, slots=True)
class TemplateView:
    frame: Frame
    template_id: str
    status: StatusShown
    facts: tuple[Fact, ...]
    document: tuple[Fact, ...]
    acts: tuple[ActOffered, ...]
    instances: str
    """The path of the list of its instances."""
    edit: str
    """The path of the page that edits it."""
    versions: tuple[VersionShown, ...]
    earlier: str
    """The path of the page with earlier versions; empty at the end."""
    history: tuple[HistoryRow, ...]
    alarms: tuple[str, ...] = ()
    done: str = ""


@dataclass(frozen=True, slots=True)
class TemplateChangeView:
    """Asks for the reason of a change that is shown member by member; posts it with what is hidden."""

    frame: Frame
    title: str
    text: str
    button: str
    dangerous: bool
    back: str
    hidden: tuple[tuple[str, str], ...]
    diff: tuple[DiffRow, ...]
    reason: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class TemplateEditView:
    """A template as a text. Posts `id`, `seen`, `text`, `reason`, and one of `preview=1`, `edit=1`, `apply=1`."""

    frame: Frame
    template_id: str
    """Empty: a new one."""
    text: str
    seen: int
    """The version that was looked at; 0: none."""
    back: str
    diff: tuple[DiffRow, ...] | None = None
    """What would change: then the text is not to be edited any more."""
    ends_grants: bool = False
    reason: str = ""
    errors: tuple[str, ...] = ()
