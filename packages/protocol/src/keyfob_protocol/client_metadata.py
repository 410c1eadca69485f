"""Client metadata as a registration asks for it (RFC 7591 section 2, OpenID Connect Registration section 2)."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InvalidClientMetadata, InvalidRedirectUri, InvalidScope
from keyfob_protocol.metadata_members import TAGGED_MEMBERS, Kind, kind_of
from keyfob_protocol.redirect_uris import MAX_URI_LENGTH, check_web_uri
from keyfob_protocol.scopes import format_scope, parse_scope

MAX_STATEMENT_LENGTH = 8192
MAX_NAMES = 50
MAX_NUMBER = 10**9

_STRING_KINDS = (Kind.TEXT, Kind.WEB_URI, Kind.URI, Kind.STATEMENT)
_FLAGS = {"true": True, "false": False}
_NOT_TEXT = ("Cc", "Cs", "Zl", "Zp")
"""Controls, surrogates, line and paragraph separators (Unicode general categories)."""


@cheaply_made
@dataclass(frozen=True, slots=True)
class RequestedMetadata:
    """The known members that were sent, by JSON type. What is not in a mapping, and a scope of None, was absent."""

    texts: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """The members of TAGGED_MEMBERS, plain and tagged."""
    scope: tuple[str, ...] | None = None


@cheaply_made
@dataclass(frozen=True, slots=True)
class MetadataLimits:
    """Counts, and lengths in characters."""

    redirect_uris: int
    entries: int
    uri_length: int
    text_length: int


def parse_client_metadata(
    document: Mapping[str, object],
    *,
    max_redirect_uris: int = 20,
    max_entries: int = 20,
    max_uri_length: int = MAX_URI_LENGTH,
    max_text_length: int = 1000,
) -> RequestedMetadata:
    """Judge types and sizes; what the values mean is for the server's policy.

    Raises InvalidClientMetadata, or InvalidRedirectUri for too many or too long redirect URIs, naming the member.
    """
    limits = MetadataLimits(max_redirect_uris, max_entries, max_uri_length, max_text_length)
    sent = [(name, kind, value) for name, value in document.items() if (kind := kind_of(name))]
    for name, kind, value in sent:
        if kind is Kind.KEYS:
            _check_keys(name, value)
    strings = {name: _text(name, value, kind, limits) for name, kind, value in sent if kind in _STRING_KINDS}
    names = {name: text for name, text in strings.items() if name.partition("#")[0] in TAGGED_MEMBERS}
    if len(names) > MAX_NAMES:
        raise InvalidClientMetadata(f"more than {MAX_NAMES} names and their translations")
    return RequestedMetadata(
        texts={name: text for name, text in strings.items() if name not in names},
        lists={name: _uris(name, value, limits) for name, kind, value in sent if kind is Kind.URIS}
        | {name: _list(name, value, limits) for name, kind, value in sent if kind is Kind.LIST},
        flags={name: _flag(name, value) for name, kind, value in sent if kind is Kind.FLAG},
        numbers={name: _number(name, value) for name, kind, value in sent if kind is Kind.NUMBER},
        names={name: text for name, text in names.items() if text},
        scope=_scope("scope", document["scope"]) if "scope" in document else None,
    )


def registration_document(
    *,
    redirect_uris: Sequence[str] = (),
    post_logout_redirect_uris: Sequence[str] = (),
    application_type: str = "",
    grant_types: Sequence[str] = (),
    scope: Sequence[str] = (),
    token_endpoint_auth_method: str = "",
    software_id: str = "",
    software_version: str = "",
    instance_name: str = "",
    instance_platform: str = "",
    instance_os_version: str = "",
    names: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """The body of a registration request, for clients. What is empty is left out; `names` holds TAGGED_MEMBERS."""
    members: dict[str, object] = {
        "redirect_uris": list(redirect_uris),
        "post_logout_redirect_uris": list(post_logout_redirect_uris),
        "application_type": application_type,
        "grant_types": list(grant_types),
        "scope": format_scope(tuple(scope)),
        "token_endpoint_auth_method": token_endpoint_auth_method,
        "software_id": software_id,
        "software_version": software_version,
        "instance_name": instance_name,
        "instance_platform": instance_platform,
        "instance_os_version": instance_os_version,
        **(names or {}),
    }
    return {name: value for name, value in members.items() if value}


def _text(name: str, value: object, kind: Kind, limits: MetadataLimits) -> str:
    text = _string(name, value)
    limit = {
        Kind.TEXT: limits.text_length,
        Kind.STATEMENT: MAX_STATEMENT_LENGTH,
    }.get(kind, limits.uri_length)
    _check_text(name, text, limit)
    if kind is Kind.WEB_URI:
        try:
            check_web_uri(text, max_length=limit)
        except InvalidClientMetadata as error:
            raise InvalidClientMetadata(f"{name}: {error.description}") from None
    return text


def _scope(name: str, value: object) -> tuple[str, ...]:
    try:
        return parse_scope(_string(name, value))
    except InvalidScope as error:
        raise InvalidClientMetadata(f"{name}: {error.description}") from None


def _uris(name: str, value: object, limits: MetadataLimits) -> tuple[str, ...]:
    uris = _strings(name, [value] if isinstance(value, str) else value)
    if len(uris) > limits.redirect_uris:
        raise InvalidRedirectUri(f"{name}: more than {limits.redirect_uris} entries")
    if any(len(uri) > limits.uri_length for uri in uris):
        raise InvalidRedirectUri(f"{name}: an entry is longer than {limits.uri_length} characters")
    return uris


def _list(name: str, value: object, limits: MetadataLimits) -> tuple[str, ...]:
    entries = _strings(name, value)
    if len(entries) > limits.entries:
        raise InvalidClientMetadata(f"{name}: more than {limits.entries} entries")
    for entry in entries:
        _check_text(name, entry, limits.text_length)
    return entries


def _flag(name: str, value: object) -> bool:
    flag = _FLAGS.get(value) if isinstance(value, str) else value
    if not isinstance(flag, bool):
        raise InvalidClientMetadata(f"{name} must be true or false")
    return flag


def _number(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_NUMBER:
        raise InvalidClientMetadata(f"{name} must be a whole number from 0 to {MAX_NUMBER}")
    return value


def _check_keys(name: str, value: object) -> None:
    if not isinstance(value, dict):
        raise InvalidClientMetadata(f"{name} must be an object")


def _string(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidClientMetadata(f"{name} must be a string")
    return value


def _strings(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise InvalidClientMetadata(f"{name} must be a list of strings")
    return tuple(dict.fromkeys(value))


def _check_text(name: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise InvalidClientMetadata(f"{name} is longer than {limit} characters")
    # what is printable holds none of them: most texts need no look at each character
    if not text.isprintable() and any(unicodedata.category(character) in _NOT_TEXT for character in text):
        raise InvalidClientMetadata(f"{name} holds a control character")
