"""What operators do to templates: the command line, pages and API by the same functions.

All raise StorageUnavailable. `act` says who and why; its reason is kept with the version, or with the change of status.
"""

from dataclasses import dataclass, replace

from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.administration import MAX_REASON, Unfit
from keyfob_server.ports.templates import TemplateStore
from keyfob_server.rules.accounts import is_plain_text
from keyfob_server.rules.acts import Act
from keyfob_server.rules.document_diff import MemberChange, document_diff
from keyfob_server.rules.records import ACTIVE, INACTIVE
from keyfob_server.rules.template_changes import (
    TemplateDefinition,
    change_fault,
    defined,
    ends_grants,
    template_document,
    template_fault,
)
from keyfob_server.rules.templates import Template, TemplateVersion


@dataclass(frozen=True, slots=True)
class TemplateTools:
    """What changing a template works with."""

    templates: TemplateStore
    authenticators: frozenset[str]
    """As Policy.authenticators."""


@dataclass(frozen=True, slots=True)
class TemplatePlan:
    """What a change would do. Made by `plan_template` alone."""

    definition: TemplateDefinition
    seen: int
    """The version that it would change; 0: it makes a new template."""
    diff: tuple[MemberChange, ...]
    ends_grants: bool
    """It takes something away: whoever is signed in through an instance must sign in again."""


@dataclass(frozen=True, slots=True)
class TemplateApplied:
    template_id: ClientId
    version: int
    diff: tuple[MemberChange, ...]
    grants_ended: bool


@dataclass(frozen=True, slots=True)
class TemplateUnchanged:
    """It is as it should be already; nothing was written."""

    template_id: ClientId
    version: int


@dataclass(frozen=True, slots=True)
class TemplateMoved:
    """Somebody else changed it first; nothing was written."""

    template_id: ClientId
    version: int
    """The newest one now; 0: there is no such template."""


@dataclass(frozen=True, slots=True)
class NoSuchTemplate:
    template_id: ClientId


@dataclass(frozen=True, slots=True)
class NoSuchVersion:
    template_id: ClientId
    version: int


@dataclass(frozen=True, slots=True)
class TemplateStatusChanged:
    template_id: ClientId
    status: str


@dataclass(frozen=True, slots=True)
class ShownTemplate:
    template: Template
    instances: int
    """Those without a final status."""


@dataclass(frozen=True, slots=True)
class ShownVersion:
    version: TemplateVersion
    diff: tuple[MemberChange, ...]
    """What it changed in the version before it; of the first one, all that it says."""


async def plan_template(
    tools: TemplateTools, definition: TemplateDefinition
) -> TemplatePlan | TemplateUnchanged | Unfit:
    """What applying the definition would do now."""
    new = defined(definition)
    if sentence := template_fault(new, tools.authenticators):
        return Unfit(sentence)
    old = await tools.templates.find_template(new.id)
    if old is None:
        return TemplatePlan(new, 0, document_diff({}, template_document(new)), ends_grants=False)
    if (old.metadata, old.settings) == (new.metadata, new.settings):
        return TemplateUnchanged(new.id, old.version)
    if sentence := change_fault(old, new):
        return Unfit(sentence)
    diff = document_diff(template_document(old), template_document(new))
    return TemplatePlan(new, old.version, diff, ends_grants(old, new))


async def apply_template(
    tools: TemplateTools, definition: TemplateDefinition, *, act: Act, expected: int | None = None
) -> TemplateApplied | TemplateUnchanged | TemplateMoved | Unfit:
    """Make a new version, in force at once for every instance. `expected`: the version that was looked at; 0: none."""
    if sentence := _reason_fault(act):
        return Unfit(sentence)
    plan = await plan_template(tools, definition)
    if not isinstance(plan, TemplatePlan):
        return plan
    new, made = plan.definition, None
    if expected in {None, plan.seen}:
        made = await tools.templates.put_template(
            new.id, new.metadata, new.settings, seen=plan.seen, ends_grants=plan.ends_grants, act=act
        )
    if made is None:
        newest = await tools.templates.find_template(new.id)
        return TemplateMoved(new.id, newest.version if newest else 0)
    return TemplateApplied(new.id, made, plan.diff, plan.ends_grants)


async def roll_back(
    tools: TemplateTools, template_id: ClientId, version: int, *, act: Act, expected: int | None = None
) -> TemplateApplied | TemplateUnchanged | TemplateMoved | NoSuchVersion | Unfit:
    """Make a new version that says what `version` said."""
    old = await tools.templates.find_version(template_id, version)
    if old is None:
        return NoSuchVersion(template_id, version)
    definition = TemplateDefinition(template_id, old.metadata, old.settings)
    told = replace(act, reason=act.reason or f"rolled back to version {version}")
    return await apply_template(tools, definition, act=told, expected=expected)


async def show_template(templates: TemplateStore, template_id: ClientId) -> ShownTemplate | NoSuchTemplate:
    template = await templates.find_template(template_id)
    if template is None:
        return NoSuchTemplate(template_id)
    return ShownTemplate(template, await templates.count_instances(template_id))


async def template_history(
    templates: TemplateStore, template_id: ClientId, *, before: int | None = None, limit: int = 50
) -> tuple[ShownVersion, ...]:
    """Newest first, the page before the version `before`; empty for no such template."""
    found = await templates.list_versions(template_id, before=before, limit=limit + 1)
    earlier = [template_document(version) for version in found[1:]] + [{}]
    return tuple(
        ShownVersion(version, document_diff(old, template_document(version)))
        for version, old in zip(found[:limit], earlier, strict=False)
    )


async def disable_template(
    templates: TemplateStore, template_id: ClientId, *, act: Act
) -> TemplateStatusChanged | TemplateUnchanged | NoSuchTemplate | Unfit:
    """All its instances are suspended at once, and it takes no registrations."""
    return await _set_status(templates, template_id, INACTIVE, act)


async def enable_template(
    templates: TemplateStore, template_id: ClientId, *, act: Act
) -> TemplateStatusChanged | TemplateUnchanged | NoSuchTemplate | Unfit:
    """Its instances may be used again; what they had before is dead, and people sign in anew."""
    return await _set_status(templates, template_id, ACTIVE, act)


async def _set_status(
    templates: TemplateStore, template_id: ClientId, status: str, act: Act
) -> TemplateStatusChanged | TemplateUnchanged | NoSuchTemplate | Unfit:
    if sentence := _reason_fault(act):
        return Unfit(sentence)
    if await templates.set_template_status(template_id, status, act=act):
        return TemplateStatusChanged(template_id, status)
    found = await templates.find_template(template_id)
    return NoSuchTemplate(template_id) if found is None else TemplateUnchanged(template_id, found.version)


def _reason_fault(act: Act) -> str:
    if len(act.reason) > MAX_REASON or not is_plain_text(act.reason):
        return f"a reason has at most {MAX_REASON} characters, and no control characters"
    return ""
