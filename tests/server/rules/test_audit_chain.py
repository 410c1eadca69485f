from dataclasses import fields, replace
from typing import Any

from keyfob_server.rules.acts import AuditRecord
from keyfob_server.rules.audit_chain import link

RECORD = AuditRecord("id", 1, "instance.revoked", "instance", "i", "ben", "192.0.2.1", "lost", "active", "revoked")


def _changed(name: str, value: Any) -> AuditRecord:
    return replace(RECORD, **{name: value})


def test_every_field_its_number_and_the_seal_before_are_in_a_link() -> None:
    changed = [_changed(one.name, 9 if one.type is int else "other") for one in fields(RECORD)]
    links = {link(one, number=1, previous="p") for one in (RECORD, *changed)}
    links |= {link(RECORD, number=2, previous="p"), link(RECORD, number=1, previous="q")}
    assert len(links) == len(fields(RECORD)) + 3


def test_what_moves_from_one_field_to_the_next_changes_the_link() -> None:
    one, other = replace(RECORD, before="a", after='b","c'), replace(RECORD, before='a","b', after="c")
    assert link(one, number=1, previous="") != link(other, number=1, previous="")
