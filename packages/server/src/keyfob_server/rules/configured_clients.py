"""What an operator may say of a static client, and what a change of it ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Final

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidClientMetadata, InvalidRedirectUri
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.metadata_members import Kind, kind_of
from keyfob_protocol.redirect_uris import check_redirect_uri, check_web_uri, redirect_uri_kind
from keyfob_protocol.token_request import GRANT_TYPES
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.origins import origin_fault
from keyfob_server.rules.records import Client
from keyfob_server.rules.registration_management import narrows

LEAST_SECRET: Final = 32
MOST_SECRET: Final = 200

_ID: Final = re.compile(r"[!-~]{1,200}")
_OF_AN_INSTANCE: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SECRET: Final = re.compile(r"[!-~]{32,200}")
_OF_TEMPLATES: Final = ("overridable", "minimum_software_version", "any_user")
_LIFETIMES: Final = ("access_token_lifetime_s", "id_token_lifetime_s", "refresh_idle_s", "refresh_absolute_s")
_WISHES: Final = ("access_token_ttl", "refresh_token_ttl")


@dataclass(frozen=True, slots=True)
class ConfiguredClient:
    """A static client as it should be."""

    id: ClientId
    metadata: ClientMetadata
    settings: ClientSettings = field(default_factory=ClientSettings)
    secret: str = field(default="", repr=False)
    """Empty: the client keeps the one that it has, or the server makes one."""

    @property
    def confidential(self) -> bool:
        return self.metadata.token_endpoint_auth_method != "none"


@dataclass(frozen=True, slots=True)
class ClientRules:
    """What an installation is, as far as clients must agree with it."""

    named_by_settings: frozenset[ClientId]
    authenticators: frozenset[str]
    """As Policy.authenticators."""


def client_document(known: ConfiguredClient | Client) -> dict[str, object]:
    """Metadata and settings as one: what is empty, or as it is without being said, is left out."""
    absent, settings = ClientSettings(), known.settings
    said = {one.name: getattr(settings, one.name) for one in fields(ClientSettings)}
    shown = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in said.items()
        if value != getattr(absent, name) and name != "named_by_settings"
    }
    document = known.metadata.document()
    if not known.metadata.scope:
        document.pop("scope", None)
    return document | shown


def client_fault(client: ConfiguredClient, rules: ClientRules) -> str:
    """The first thing that is wrong, as a sentence; empty when nothing is."""
    return next(_faults(client, rules), "")


def ends_tokens(old: Client, new: ConfiguredClient) -> bool:
    """Whether what was issued to the old one must not outlive it."""
    was_public = old.metadata.token_endpoint_auth_method == "none"
    return (
        narrows(old.metadata, new.metadata)
        or was_public is new.confidential
        or (old.settings.initial_tokens and not new.settings.initial_tokens)
        or (old.settings.registration_client and not new.settings.registration_client)
    )


def _faults(client: ConfiguredClient, rules: ClientRules) -> Iterator[str]:
    settings = client.settings
    if not _ID.fullmatch(client.id):
        yield "the id of a client is 1 to 200 visible ASCII characters, without spaces"
    if _OF_AN_INSTANCE.fullmatch(client.id):
        yield "the id has the form of an instance's: choose a name that people can tell apart"
    if client.id in rules.named_by_settings:
        yield "the settings file names this client, and what it says counts: change it there"
    yield from _grant_faults(client)
    yield from common_faults(client.metadata, settings, rules.authenticators)
    yield from _feature_faults(client)
    for name in _OF_TEMPLATES:
        if getattr(settings, name):
            yield f"{name} is for templates"


def common_faults(metadata: ClientMetadata, settings: ClientSettings, authenticators: frozenset[str]) -> Iterator[str]:
    """What neither a static client nor a template may say, each as a sentence. `authenticators`: those there are."""
    yield from _uri_faults(metadata)
    if not settings.require_pkce and (
        metadata.token_endpoint_auth_method == "none" or metadata.application_type != "web"
    ):
        yield "require_pkce may be false for a confidential client of the application_type web only"
    if settings.sector and metadata.subject_type != "pairwise":
        yield "sector goes with subject_type pairwise"
    for name in (*_LIFETIMES, *_WISHES):
        seconds = getattr(metadata if name in _WISHES else settings, name)
        if seconds is not None and seconds < 1:
            yield f"{name} must be at least 1"
    for origin in settings.cors_origins:
        if fault := origin_fault(origin):
            yield f"cors_origins: {origin} {fault}"
    for name in settings.allowed_authenticators:
        # an unknown name would leave no way to sign in
        if name not in authenticators:
            yield f"allowed_authenticators: {name} is none of {', '.join(sorted(authenticators))}"
    for name, text in metadata.names.items():
        yield from _name_faults(name, text)


def _grant_faults(client: ConfiguredClient) -> Iterator[str]:
    metadata = client.metadata
    if unknown := [name for name in metadata.grant_types if name not in GRANT_TYPES]:
        yield f"grant_types: {unknown[0]} is none of {', '.join(GRANT_TYPES)}"
    code = "authorization_code" in metadata.grant_types
    if not code and "client_credentials" not in metadata.grant_types:
        yield "grant_types must hold authorization_code or client_credentials"
    if "refresh_token" in metadata.grant_types and not code:
        yield "grant_types: refresh_token goes with authorization_code"
    if "client_credentials" in metadata.grant_types and not client.confidential:
        yield "grant_types: client_credentials needs a client that authenticates, and the method is none"
    if code and not metadata.redirect_uris:
        yield "redirect_uris: at least one is needed with authorization_code"
    if not code and metadata.redirect_uris:
        yield "redirect_uris are for authorization_code, which grant_types does not hold"
    if "dcr" in metadata.scope:
        yield "scope: dcr is never listed; registration_client or initial_tokens gives it"
    for_registering = client.settings.registration_client or client.settings.initial_tokens
    if not metadata.scope and not for_registering and (code or not client.settings.introspection_scopes):
        yield "scope: at least one is needed"


def _feature_faults(client: ConfiguredClient) -> Iterator[str]:
    metadata, settings = client.metadata, client.settings
    if settings.registration_client and "authorization_code" not in metadata.grant_types:
        yield "registration_client needs authorization_code in grant_types"
    if settings.initial_tokens and "client_credentials" not in metadata.grant_types:
        yield "initial_tokens needs client_credentials in grant_types"
    if settings.introspection_scopes and not client.confidential:
        yield "introspection_scopes needs a client that authenticates, and the method is none"
    if client.secret and not client.confidential:
        yield "secret_env is for a client that authenticates, and the method is none"
    if client.secret and not _SECRET.fullmatch(client.secret):
        yield f"secret_env: the secret must have {LEAST_SECRET} to {MOST_SECRET} visible ASCII characters"


def _uri_faults(metadata: ClientMetadata) -> Iterator[str]:
    """An operator may use schemes without a dot, and nothing that runs or can be read on the way."""
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        for uri in getattr(metadata, name):
            try:
                check_redirect_uri(uri, allow_undotted_schemes=True, localhost_is_loopback=True)
            except InvalidRedirectUri as error:
                yield f"{name}: {error.description}"
    kinds = {redirect_uri_kind(uri) for uri in metadata.redirect_uris}
    if metadata.application_type == "web" and "private-use" in kinds:
        yield "application_type web does not go with a private-use scheme in redirect_uris"


def _name_faults(name: str, text: str) -> Iterator[str]:
    kind = kind_of(name)
    if kind is None:
        yield f"{name}: what follows the # is no language (RFC 5646)"
    if kind is Kind.WEB_URI:
        try:
            check_web_uri(text)
        except InvalidClientMetadata as error:
            yield f"{name}: {error.description}"
