"""A client, a template or registration as a document says it: what is written here can be applied again."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from keyfob_server.rules.accounts import is_plain_text
from keyfob_server.rules.configured_clients import ConfiguredClient, client_document
from keyfob_server.rules.records import Client
from keyfob_server.rules.registration_overrides import RegistrationOverrides
from keyfob_server.rules.template_changes import TemplateDefinition, template_document
from keyfob_server.rules.templates import Template, TemplateVersion
from keyfob_server.settings.document_members import CLIENT, REGISTRATION, TEMPLATE, member_of

_BARE: Final = frozenset("abcdefghijklmnopqrstuvwxyz_")


def client_text(client_id: str, known: ConfiguredClient | Client) -> str:
    return f"[[{CLIENT}]]\n{_members(CLIENT, {'id': client_id} | client_document(known))}"


def template_text(template_id: str, known: TemplateDefinition | Template | TemplateVersion) -> str:
    return f"[[{TEMPLATE}]]\n{_members(TEMPLATE, {'id': template_id} | template_document(known))}"


def registration_text(overrides: RegistrationOverrides) -> str:
    said = {name: value for name, value in asdict(overrides).items() if value is not None}
    return f"[{REGISTRATION}]\n{_members(REGISTRATION, said)}"


def toml_value(value: object) -> str:
    """As TOML spells it: JSON's texts, lists, numbers and flags are TOML's. What a terminal could act on is escaped."""
    spelled = json.dumps(value, ensure_ascii=False)
    return "".join(one if is_plain_text(one) else f"\\U{ord(one):08x}" for one in spelled)


def _members(table: str, document: Mapping[str, object]) -> str:
    # software_id follows from the id, and what instances say themselves no document has
    said = ((name, value) for name, value in document.items() if name == "id" or member_of(table, name))
    return "".join(f"{_key(name)} = {toml_value(value)}\n" for name, value in said)


def _key(name: str) -> str:
    return name if set(name) <= _BARE else json.dumps(name)
