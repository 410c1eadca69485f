"""Facts as administrators read them."""

from datetime import UTC, datetime
from typing import Final

from keyfob_protocol.parameters import Parameters
from keyfob_server.rules.acts import AuditRecord
from keyfob_server.web.admin.views import HistoryRow

_STATUS: Final = {
    "active": "Active",
    "inactive": "Suspended",
    "revoked": "Revoked",
    "deleted": "Deleted by the app",
    "expired": "Expired",
}


def utc(moment: int | None, never: str = "Never") -> str:
    """`2026-01-31 09:05 UTC`."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M} UTC" if moment else never


def status_word(status: str) -> str:
    """A status that somebody wrote by hand counts as suspended, and is shown as it stands."""
    return _STATUS.get(status, f"Suspended ({status})")


def duration(seconds: int) -> str:
    """`300 seconds (5 minutes)`: as it is set, and as one thinks of it."""
    for size, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds} seconds ({seconds // size} {word if seconds != size else word[:-1]})"
    return f"{seconds} seconds"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def history_row(record: AuditRecord) -> HistoryRow:
    change = f"{record.before or 'nothing'} → {record.after or 'nothing'}" if record.before or record.after else ""
    return HistoryRow(utc(record.created), record.event, record.by, record.origin, record.reason, change)


def sentence(text: str) -> str:
    """A sentence of a use case, as it stands alone; one that begins with a member's name begins with that."""
    first, full = text.partition(" ")[0], text if text.endswith(".") else f"{text}."
    return full if "_" in first or first.endswith(":") else full[:1].upper() + full[1:]


def reason_of(form: Parameters) -> str:
    """What was typed, on one line."""
    return " ".join((form.get("reason") or "").split())
