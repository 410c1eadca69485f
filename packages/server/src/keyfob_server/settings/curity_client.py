"""One `<client>` of a Curity configuration as a static client."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.uris import split_uri
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.configured_clients import ConfiguredClient
from keyfob_server.settings.curity_xml import Element

Note = Callable[[Element, str], None]

NO_COUNTERPART: Final = "has no counterpart here"
_LISTS: Final = {"redirect-uris": "redirect_uris", "scope": "scope"}
_LIFETIMES: Final = {
    "access-token-ttl": "access_token_lifetime_s",
    "id-token-ttl": "id_token_lifetime_s",
    "refresh-token-max-rolling-lifetime": "refresh_absolute_s",
}
_GRANTS: Final = {"code": "authorization_code", "client-credentials": "client_credentials"}
_FLAGS: Final = {"true": True, "false": False}


@dataclass(slots=True)
class _Found:
    note: Note
    id: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    grants: list[str] = field(default_factory=list)
    method: str = "client_secret_basic"
    name: str = ""

    def add(self, member: str, element: Element) -> None:
        self.lists.setdefault(member, []).extend(element.word.split())

    def flag(self, element: Element) -> bool | None:
        found = _FLAGS.get(element.word)
        if found is None:
            self.note(element, "is neither true nor false")
        return found


def imported_client(element: Element, note: Note) -> ConfiguredClient:
    """What has no counterpart is told to `note`."""
    found = _Found(note)
    for child in element.children:
        reader = _READERS.get(child.name)
        if reader:
            reader(child, found)
        elif child.name in _LISTS:
            found.add(_LISTS[child.name], child)
        elif child.name in _LIFETIMES:
            _seconds(child, found, _LIFETIMES[child.name])
        else:
            note(child, NO_COUNTERPART)
    return _made(found)


def _made(found: _Found) -> ConfiguredClient:
    lists = {member: tuple(dict.fromkeys(words)) for member, words in found.lists.items()}
    uris = lists.get("redirect_uris", ())
    refresh = "authorization_code" in found.grants and found.settings.get("refresh_tokens", True)
    grants = (*dict.fromkeys(found.grants), *(("refresh_token",) if refresh else ()))
    settings = dict(found.settings)
    settings |= {name: lists[name] for name in ("allowed_authenticators", "cors_origins") if name in lists}
    return ConfiguredClient(
        ClientId(found.id),
        ClientMetadata(
            redirect_uris=uris,
            post_logout_redirect_uris=lists.get("post_logout_redirect_uris", ()),
            scope=lists.get("scope", ()),
            grant_types=grants or ("authorization_code",),
            application_type="native" if any(_on_a_device(uri) for uri in uris) else "web",
            token_endpoint_auth_method=found.method,
            names={"client_name": found.name} if found.name else {},
            **found.metadata,
        ),
        ClientSettings(**settings),
    )


def _on_a_device(uri: str) -> bool:
    parts = split_uri(uri)
    return parts is not None and parts.scheme != "https"


def _id(element: Element, found: _Found) -> None:
    found.id = element.word


def _client_name(element: Element, found: _Found) -> None:
    found.name = element.word


def _no_authentication(element: Element, found: _Found) -> None:
    if found.flag(element):
        found.method = "none"


def _secret(element: Element, found: _Found) -> None:
    found.note(element, "is not taken over: the server makes a new secret, or secret_env names one")


def _proof_key(element: Element, found: _Found) -> None:
    for child in element.children:
        if child.name != "require-proof-key":
            found.note(child, NO_COUNTERPART)
        elif found.flag(child) is False:
            found.settings["require_pkce"] = False


def _refresh_token_ttl(element: Element, found: _Found) -> None:
    if element.word == "disabled":
        found.settings["refresh_tokens"] = False
    else:
        _seconds(element, found, "refresh_idle_s")


def _seconds(element: Element, found: _Found, setting: str) -> None:
    if element.word.isascii() and element.word.isdecimal() and len(element.word) < 10:  # noqa: PLR2004 - of a century
        found.settings[setting] = int(element.word)
    else:
        found.note(element, "is no number of seconds")


def _user_authentication(element: Element, found: _Found) -> None:
    members = {
        "allowed-authenticators": "allowed_authenticators",
        "allowed-post-logout-redirect-uris": "post_logout_redirect_uris",
    }
    for child in element.children:
        if child.name in members:
            found.add(members[child.name], child)
        else:
            found.note(child, NO_COUNTERPART)


def _allowed_origins(element: Element, found: _Found) -> None:
    found.add("cors_origins", element)


def _capabilities(element: Element, found: _Found) -> None:
    for child in element.children:
        if child.name in _GRANTS:
            found.grants.append(_GRANTS[child.name])
        elif child.name == "introspection":
            found.note(child, "name the scopes that it guards in introspection_scopes")
        else:
            found.note(child, NO_COUNTERPART)


def _pairwise(element: Element, found: _Found) -> None:
    found.metadata["subject_type"] = "pairwise"
    for child in element.children:
        if child.name == "sector-identifier":
            found.settings["sector"] = child.word
        else:
            found.note(child, NO_COUNTERPART)


def _validate_port(element: Element, found: _Found) -> None:
    if found.flag(element):
        found.settings["any_loopback_port"] = False


_READERS: Final[Mapping[str, Callable[[Element, _Found], None]]] = {
    "id": _id,
    "client-name": _client_name,
    "no-authentication": _no_authentication,
    "secret": _secret,
    "proof-key": _proof_key,
    "refresh-token-ttl": _refresh_token_ttl,
    "user-authentication": _user_authentication,
    "allowed-origins": _allowed_origins,
    "capabilities": _capabilities,
    "use-pairwise-subject-identifiers": _pairwise,
    "validate-port-on-loopback-interfaces": _validate_port,
}
