"""The documents of clients, templates and instances in the database, read and written.

An instance of a template keeps its own members alone; what is in force is the template's document with those laid over.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any, Final

import msgspec

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import DELETED, EXPIRED, Client
from keyfob_server.rules.template_members import laid_over
from keyfob_server.rules.templates import MISSING, Template, TemplateLink
from keyfob_server.rules.token_limits import NO_LIMITS, TokenLimits
from keyfob_server.storage.executor import Row

_metadata: Final = msgspec.json.Decoder(ClientMetadata)
_members: Final = msgspec.json.Decoder(dict[str, Any])
_settings: Final = msgspec.json.Decoder(ClientSettings)
_limits: Final = msgspec.json.Decoder(TokenLimits)
_ALL: Final = tuple(field.name for field in fields(ClientMetadata))
_FIELDS: Final = frozenset(_ALL)
_EMPTY_WHEN_ABSENT: Final = frozenset(
    one.name for one in fields(ClientMetadata) if one.default_factory is dict or one.default in (None, "", False, ())
)
_TOMBSTONES: Final = (DELETED, EXPIRED)
"""With one of these an instance keeps what its template said when it ended."""
_WHOLE: Final = frozenset({"redirect_uris", "scope"})
_NOTHING: Final[Mapping[str, Any]] = {"redirect_uris": (), "scope": ()}
_KEPT: Final = 512
"""Texts read last: templates and static clients are few, and the same text always means the same."""
_SHORT: Final = 2048
"""Characters. Longer texts are not kept: what others may register must not fill the memory."""


def metadata_of(text: str) -> ClientMetadata:
    """Raises msgspec.DecodeError."""
    return _shared(text) if len(text) <= _SHORT else _metadata.decode(text)


def own_members_of(text: str) -> dict[str, object]:
    """What an instance of a template says itself, in the types of ClientMetadata, and nothing that it has not.

    Raises msgspec.DecodeError, ValidationError.
    """
    members = _members.decode(text)
    typed = _beside_nothing(members)
    return {name: getattr(typed, name) for name in members if name in _FIELDS}


def merged_metadata_of(template: str, own: str, settings: str) -> ClientMetadata:
    """The template's document with the instance's members over it, as far as the template's settings let it.

    Raises msgspec.DecodeError, ValidationError.
    """
    return laid_over(_shared(template), own_members_of(own), settings_of(settings))


def _templated_metadata_of(template: str | None, own: str, settings: ClientSettings, status: str) -> ClientMetadata:
    """Raises msgspec.DecodeError, ValidationError."""
    members = _members.decode(own)
    if template is None or (status in _TOMBSTONES and members.keys() >= _WHOLE):
        return _beside_nothing(members)
    return laid_over(_shared(template), own_members_of(own), settings)


def _beside_nothing(members: Mapping[str, Any]) -> ClientMetadata:
    return msgspec.convert({**_NOTHING, **members}, ClientMetadata)


@lru_cache(maxsize=_KEPT)
def settings_of(text: str) -> ClientSettings:
    """Raises msgspec.DecodeError."""
    return _settings.decode(text)


@lru_cache(maxsize=_KEPT)
def _static_settings(text: str, registration_client: bool, any_loopback_port: bool) -> ClientSettings:  # noqa: FBT001 - columns of a row
    return replace(settings_of(text), registration_client=registration_client, any_loopback_port=any_loopback_port)


@lru_cache(maxsize=_KEPT)
def _shared(text: str) -> ClientMetadata:
    return _metadata.decode(text)


def client_of(row: Row) -> Client:
    (
        client_id, static, status, generation, attributes, secret, secret_expires_at, previous, previous_until,
        owner, settings, registration, any_port, repeatable_until, template_id, template_status, template_generation,
        template_attributes, template_settings,
    ) = row  # fmt: skip
    if static:
        return Client(
            client_id=ClientId(client_id),
            kind="static",
            status=status,
            generation=generation,
            metadata=_shared(attributes),
            secret_hash=secret,
            secret_expires_at=secret_expires_at,
            settings=_static_settings(settings, bool(registration), bool(any_port)),
        )
    link, shared, metadata = None, ClientSettings(), None
    if template_id is not None:
        link = TemplateLink(ClientId(template_id), template_status or MISSING, template_generation or 0)
        shared = settings_of(template_settings or "{}")
        metadata = _templated_metadata_of(template_attributes, attributes, shared, status)
    return Client(
        client_id=ClientId(client_id),
        kind="instance",
        status=status,
        generation=generation,
        metadata=metadata or metadata_of(attributes),
        secret_hash=secret,
        secret_expires_at=secret_expires_at,
        previous_secret_hash=previous,
        previous_secret_until=previous_until,
        owner=AccountId(owner) if owner else None,
        settings=shared,
        template=link,
        answer_repeatable_until=repeatable_until,
    )


def templated_of(row: Row, version: int | None) -> tuple[Template | None, Mapping[str, object]]:
    """The template of the client that `client_of` reads from the same row, and what the instance says itself."""
    attributes, (template_id, status, generation, shared, settings) = row[4], row[14:]
    if template_id is None:
        return None, {}
    own = own_members_of(attributes)
    if shared is None or version is None:
        return None, own
    return Template(ClientId(template_id), status, generation, version, _shared(shared), settings_of(settings)), own


def text_of(document: ClientMetadata | ClientSettings | Mapping[str, object]) -> str:
    """Of metadata, what is empty, unset or false is left out where that is the same: a row is small and soon read."""
    if isinstance(document, ClientMetadata):
        members = ((name, getattr(document, name)) for name in _ALL)
        document = {name: value for name, value in members if value or name not in _EMPTY_WHEN_ABSENT}
    return msgspec.json.encode(document).decode()


def of_limits(limits: TokenLimits) -> str:
    """Empty without a limit, as most rows are."""
    return msgspec.json.encode(limits).decode() if limits != NO_LIMITS else ""


def limits_of(text: str) -> TokenLimits:
    """Raises msgspec.DecodeError, ValidationError."""
    return _limits.decode(text) if text else NO_LIMITS
