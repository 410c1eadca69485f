"""What a template may hold, and what a change of it ends."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Final

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.configured_clients import common_faults
from keyfob_server.rules.registration_management import narrows
from keyfob_server.rules.software_versions import version_numbers
from keyfob_server.rules.template_members import INSTANCE_MEMBERS, OVERRIDABLE
from keyfob_server.rules.templates import TEMPLATE_ID, Template, TemplateVersion

MAX_DOCUMENT: Final = 65536
"""Characters of JSON."""

_OF_STATIC_CLIENTS: Final = (
    "registration_client",
    "initial_tokens",
    "introspection_scopes",
    "templates",
    "named_by_settings",
)
_CHOSEN_FOR_GOOD: Final = "token_endpoint_auth_method"
_ISSUED_UNDER: Final = ("scope", "redirect_uris", "grant_types")
"""What codes and tokens are issued under; which of them an instance decides itself must not change under them."""


@dataclass(frozen=True, slots=True)
class TemplateDefinition:
    """A template as it should be."""

    id: ClientId
    metadata: ClientMetadata
    settings: ClientSettings = field(default_factory=ClientSettings)


def defined(definition: TemplateDefinition) -> TemplateDefinition:
    """With what follows from the rest: the `software_id` that instances are registered with is the template's id."""
    metadata = definition.metadata
    if metadata.software_id:
        return definition
    return replace(definition, metadata=replace(metadata, software_id=definition.id))


def template_document(known: TemplateDefinition | Template | TemplateVersion) -> dict[str, object]:
    """Metadata and settings as one: what is empty, or as it is without being said, is left out."""
    absent, settings = ClientSettings(), known.settings
    said = {one.name: getattr(settings, one.name) for one in fields(ClientSettings)}
    shown = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in said.items()
        if value != getattr(absent, name)
    }
    return known.metadata.document() | shown


def template_fault(definition: TemplateDefinition, authenticators: frozenset[str]) -> str:
    """The first thing that is wrong, as a sentence; empty when nothing is. `authenticators`: as Policy's."""
    return next(_faults(definition, authenticators), "")


def change_fault(old: Template, new: TemplateDefinition) -> str:
    """As `template_fault`, of a change."""
    before, after = old.metadata.token_endpoint_auth_method, new.metadata.token_endpoint_auth_method
    if (before == "none") is not (after == "none"):
        return "token_endpoint_auth_method: none and a secret cannot replace each other; make another template"
    # an instance that chose a secret beside a template of none would become one that anybody can stand for
    if _CHOSEN_FOR_GOOD in set(old.settings.overridable) - set(new.settings.overridable):
        return f"overridable: {_CHOSEN_FOR_GOOD} stays, as instances may have chosen it; make another template"
    return ""


def ends_grants(old: Template, new: TemplateDefinition) -> bool:
    """Whether what was issued under the old one must not outlive it."""
    before, after = set(old.settings.overridable), set(new.settings.overridable)
    return narrows(old.metadata, new.metadata) or any(name in before ^ after for name in _ISSUED_UNDER)


def _faults(definition: TemplateDefinition, authenticators: frozenset[str]) -> Iterator[str]:
    metadata, settings = definition.metadata, definition.settings
    if not TEMPLATE_ID.fullmatch(definition.id):
        yield "the id of a template is 1 to 200 visible ASCII characters, without spaces"
    if metadata.software_id != definition.id:
        yield "software_id is the template's id, and may be left out"
    for name in INSTANCE_MEMBERS:
        if getattr(metadata, name):
            yield f"{name} is said by each instance, not by its template"
    for name in settings.overridable:
        if name not in OVERRIDABLE:
            yield f"overridable: {name} is none of {', '.join(OVERRIDABLE)}"
    if "redirect_uris" not in settings.overridable and not metadata.redirect_uris:
        yield "redirect_uris: at least one is needed, unless instances may override them"
    yield from common_faults(metadata, settings, authenticators)
    if not metadata.scope or "dcr" in metadata.scope:
        yield "scope: at least one is needed, and dcr is not for instances"
    for name in _OF_STATIC_CLIENTS:
        if getattr(settings, name):
            yield f"{name} is for static clients"
    if settings.minimum_software_version and version_numbers(settings.minimum_software_version) is None:
        yield "minimum_software_version must be numbers with dots, such as 1.10.2"
    if len(json.dumps(template_document(definition))) > MAX_DOCUMENT:
        yield f"the template takes more than {MAX_DOCUMENT} characters of JSON"
