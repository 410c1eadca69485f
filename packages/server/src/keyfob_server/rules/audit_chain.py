"""The chain over the audit: what a seal is made of, so that no row can be changed or taken out without a trace."""

import json

from keyfob_server.rules.acts import AuditRecord

PURPOSE = "audit"
"""Of the keyed hash; the key lies outside the database."""
BEGINNING = ""
"""What stands in the place of the seal before the first one."""


def link(record: AuditRecord, *, number: int, previous: str) -> str:
    """The text whose keyed hash is the record's seal: its number, all of its fields, and the seal before it."""
    fields = [
        number,
        record.id,
        record.created,
        record.event,
        record.subject_kind,
        record.subject_id,
        record.by,
        record.origin,
        record.reason,
        record.before,
        record.after,
        previous,
    ]
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=True)
