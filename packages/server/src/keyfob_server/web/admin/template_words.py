"""Templates as administrators read them."""

from typing import Final

from keyfob_protocol.parameters import encode_parameters
from keyfob_server.endpoints.templates import ShownTemplate, ShownVersion
from keyfob_server.rules.document_diff import MemberChange
from keyfob_server.rules.records import ACTIVE
from keyfob_server.rules.template_changes import template_document
from keyfob_server.rules.templates import Template
from keyfob_server.web.admin.instance_views import ActOffered, StatusShown
from keyfob_server.web.admin.template_views import DiffRow, TemplateRow, VersionShown
from keyfob_server.web.admin.views import Fact
from keyfob_server.web.admin.words import utc

ONE: Final = "/admin/template"
CHANGE: Final = "/admin/template-changes"


def template_path(template_id: str) -> str:
    """By a parameter: an id may hold any visible character."""
    return f"{ONE}?{encode_parameters([('id', template_id)])}"


def change_path(act: str, template_id: str, version: int | None = None) -> str:
    pairs = [("act", act), ("id", template_id)]
    return f"{CHANGE}?{encode_parameters(pairs if version is None else [*pairs, ('version', str(version))])}"


def row_of(template: Template) -> TemplateRow:
    return TemplateRow(
        template.id, template_path(template.id), template.metadata.client_name, status_of(template), template.version
    )


def status_of(template: Template) -> StatusShown:
    if template.status == ACTIVE:
        return StatusShown(ACTIVE, "Active")
    word = "Switched off" if template.status == "inactive" else f"Switched off ({template.status})"
    return StatusShown("inactive", word)


def facts_of(shown: ShownTemplate) -> tuple[Fact, ...]:
    return (
        Fact("Template id", shown.template.id, code=True),
        Fact("Version", str(shown.template.version)),
        Fact("Instances in use", str(shown.instances)),
    )


def document_of(template: Template) -> tuple[Fact, ...]:
    return tuple(Fact(name, text_of(value), code=True) for name, value in template_document(template).items())


def acts_of(template: Template) -> tuple[ActOffered, ...]:
    if template.status == ACTIVE:
        return (ActOffered("Switch off", change_path("disable", template.id), dangerous=True),)
    return (ActOffered("Switch on", change_path("enable", template.id)),)


def version_of(shown: ShownVersion, newest: int) -> VersionShown:
    version = shown.version
    is_newest = version.version == newest
    return VersionShown(
        title=f"Version {version.version}, {utc(version.created)}",
        by=version.by,
        reason=version.reason,
        diff=diff_rows(shown.diff),
        roll_back="" if is_newest else change_path("roll_back", version.template_id, version.version),
    )


def diff_rows(diff: tuple[MemberChange, ...]) -> tuple[DiffRow, ...]:
    return tuple(DiffRow(one.member, text_of(one.before), text_of(one.after)) for one in diff)


def text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(str(one) for one in value) or "(empty)"
    return str(value)
