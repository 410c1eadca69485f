"""The pages about signing keys, and of the audit."""

from dataclasses import dataclass

from keyfob_server.web.admin.views import Frame, HistoryRow


@dataclass(frozen=True, slots=True)
class KeyRow:
    kid: str
    alg: str
    state: str
    signs: bool
    published: str
    created: str
    signs_from: str


@dataclass(frozen=True, slots=True)
class KeysView:
    """Its form asks by GET for `alg`."""

    frame: Frame
    rows: tuple[KeyRow, ...]
    algorithms: tuple[str, ...]
    done: str = ""


@dataclass(frozen=True, slots=True)
class AuditView:
    frame: Frame
    entries: tuple[tuple[HistoryRow, str], ...]
    """Each with what it is about."""
    older: str
