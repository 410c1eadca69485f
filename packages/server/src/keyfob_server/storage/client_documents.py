"""The documents of clients, templates and instances in the database, read and written.

An instance of a template keeps its own members alone; what is in force is the template's document with those laid over.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import msgspec

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import Client
from keyfob_server.rules.templates import MISSING, TemplateLink
from keyfob_server.storage.executor import Row

_metadata: Final = msgspec.json.Decoder(ClientMetadata)
_members: Final = msgspec.json.Decoder(dict[str, Any])
_settings: Final = msgspec.json.Decoder(ClientSettings)
_KEPT: Final = 512
"""Texts read last: templates and static clients are few, and the same text always means the same."""


def metadata_of(text: str) -> ClientMetadata:
    """Raises msgspec.DecodeError."""
    return _metadata.decode(text)


def merged_metadata_of(template: str, own: str) -> ClientMetadata:
    """The template's document with the instance's members over it. Raises msgspec.DecodeError, ValidationError."""
    shared, members = _shared_members(template), _members.decode(own)
    names = {**shared.get("names", {}), **members.pop("names", {})}
    return msgspec.convert({**shared, **members, "names": names}, ClientMetadata)


@lru_cache(maxsize=_KEPT)
def settings_of(text: str) -> ClientSettings:
    """Raises msgspec.DecodeError."""
    return _settings.decode(text)


@lru_cache(maxsize=_KEPT)
def _shared_members(text: str) -> Mapping[str, Any]:
    return _members.decode(text)


def client_of(row: Row) -> Client:
    (
        client_id, static, status, generation, attributes, secret, secret_expires_at, previous, previous_until,
        owner, settings, registration, any_port, repeatable_until, template_id, template_status, template_generation,
        template_attributes, template_settings,
    ) = row  # fmt: skip
    if static:
        stored = replace(
            settings_of(settings), registration_client=bool(registration), any_loopback_port=bool(any_port)
        )
        return Client(
            client_id=ClientId(client_id),
            kind="static",
            status=status,
            generation=generation,
            metadata=metadata_of(attributes),
            secret_hash=secret,
            secret_expires_at=secret_expires_at,
            settings=stored,
        )
    link, shared = None, template_attributes is not None
    if template_id is not None:
        link = TemplateLink(ClientId(template_id), template_status or MISSING, template_generation or 0)
    return Client(
        client_id=ClientId(client_id),
        kind="instance",
        status=status,
        generation=generation,
        metadata=merged_metadata_of(template_attributes, attributes) if shared else metadata_of(attributes),
        secret_hash=secret,
        secret_expires_at=secret_expires_at,
        previous_secret_hash=previous,
        previous_secret_until=previous_until,
        owner=AccountId(owner) if owner else None,
        settings=settings_of(template_settings) if shared else ClientSettings(),
        template=link,
        answer_repeatable_until=repeatable_until,
    )


def text_of(document: ClientMetadata | ClientSettings | Mapping[str, object]) -> str:
    return msgspec.json.encode(document).decode()
