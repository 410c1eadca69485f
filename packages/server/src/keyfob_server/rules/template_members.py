"""Which members an instance of a template may say itself, and what is in force when it does (wire: section 3.2)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.metadata_members import TAGGED_MEMBERS
from keyfob_server.rules.client_settings import ClientSettings

OwnMembers = Mapping[str, object]
"""What an instance of a template says itself, as ClientMetadata names it: all that is stored of its metadata."""

INSTANCE_MEMBERS: Final = ("instance_name", "instance_platform", "instance_os_version", "software_version")
"""Every instance says these itself, and no template has them."""

OVERRIDABLE: Final = (
    "redirect_uris",
    "post_logout_redirect_uris",
    "scope",
    "grant_types",
    "token_endpoint_auth_method",
    "id_token_signed_response_alg",
    "default_acr_values",
    "default_max_age",
    "require_auth_time",
    "requires_consent",
    "id_token_on_refresh",
    "access_token_ttl",
    "refresh_token_ttl",
    "contacts",
    *TAGGED_MEMBERS,
)
"""What a template may leave to its instances; a name stands for its translations too (`client_name#fr`).

`application_type` is not among them: what other members must agree with is the template's.
"""

NARROWED: Final = ("scope", "grant_types")
"""Of these an instance chooses a part: more than the template has now, it never has."""


def may_override(settings: ClientSettings, name: str) -> bool:
    """`name` as on the wire."""
    base = name.partition("#")[0]
    return base in OVERRIDABLE and base in settings.overridable


def laid_over(shared: ClientMetadata, own: Mapping[str, object], settings: ClientSettings) -> ClientMetadata:
    """The template's metadata with the instance's own members over it, as far as the template lets it now.

    `own` holds values of the types that ClientMetadata has them in; names that it has not are a TypeError.
    """
    names = own.get("names")
    translated = names.items() if isinstance(names, Mapping) else ()
    said = {name: text for name, text in translated if may_override(settings, name)}
    members = {name: value for name, value in own.items() if name in INSTANCE_MEMBERS or may_override(settings, name)}
    for name in NARROWED:
        chosen = members.get(name)
        if isinstance(chosen, tuple):
            members[name] = tuple(value for value in chosen if value in getattr(shared, name))
    return replace(shared, **members, names={**shared.names, **said})  # type: ignore[arg-type] # as the docstring says
