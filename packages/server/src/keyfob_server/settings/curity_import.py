"""A configuration of the Curity Identity Server as clients and registration settings: what has a counterpart here."""

from dataclasses import dataclass, field, replace
from typing import Final

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.configured_clients import ConfiguredClient
from keyfob_server.rules.registration_overrides import RegistrationOverrides
from keyfob_server.settings.curity_client import imported_client
from keyfob_server.settings.curity_xml import Element

_AROUND: Final = frozenset(
    {"config", "data", "profiles", "profile", "settings", "authorization-server", "client-store", "config-backed"}
)
"""What lies around clients and registration, and says nothing itself."""
_TAKEN: Final = {
    "capabilities": ("code", "is not for what registers itself: it gets codes and refresh tokens"),
    "authenticators": ("all", "has no counterpart here: templates say allowed_authenticators"),
    "client-authentication-method": ("secret", "has no counterpart here: what registers has a secret, or is public"),
}
"""What registration has anyhow, and what is said of anything else."""
_OF_A_PROFILE: Final = frozenset({"id", "type"})


@dataclass(frozen=True, slots=True)
class Imported:
    clients: tuple[ConfiguredClient, ...]
    registration: RegistrationOverrides | None
    notes: tuple[str, ...]
    """What has no counterpart or was decided on the way, each with its line and path."""


@dataclass(slots=True)
class _Import:
    file: str
    clients: list[ConfiguredClient] = field(default_factory=list)
    registration: RegistrationOverrides | None = None
    notes: list[str] = field(default_factory=list)
    by_code: set[str] = field(default_factory=set)
    """The clients through which people register."""
    by_credentials: set[str] = field(default_factory=set)

    def note(self, element: Element, sentence: str) -> None:
        self.notes.append(f"{self.file}:{element.line}: {element.path}: {sentence}")

    def walk(self, element: Element) -> None:
        if element.name == "client":
            self.clients.append(imported_client(element, self.note))
        elif element.name == "dynamic-client-registration":
            self.registration = _registration(element, self)
        elif element.name in _AROUND:
            for child in element.children:
                self.walk(child)
        elif element.name not in _OF_A_PROFILE:
            self.note(element, "has no counterpart here")


def import_curity(root: Element, *, file: str) -> Imported:
    """`file` is what notes call it."""
    found = _Import(file)
    found.walk(root)
    clients = [_named(client, found) for client in found.clients]
    return Imported(tuple(clients), found.registration, tuple(found.notes))


def _named(client: ConfiguredClient, found: _Import) -> ConfiguredClient:
    """With what registration says of it."""
    settings = client.settings
    if client.id in found.by_code:
        settings = replace(settings, registration_client=True)
    if client.id in found.by_credentials:
        settings = replace(settings, initial_tokens=True)
    if found.registration is None and not client.metadata.scope and not client.confidential:
        # A public client that may ask for no scope is good for the scope dcr alone.
        found.notes.append(f"{found.file}: client {client.id} has no scope: taken for one that people register through")
        settings = replace(settings, registration_client=True)
    return replace(client, settings=settings)


def _registration(element: Element, found: _Import) -> RegistrationOverrides:
    kinds = {"templatized": False, "non-templatized": False}
    scopes: tuple[str, ...] | None = None
    for child in element.children:
        if child.name in kinds:
            kinds[child.name] = True
            scopes = _of_a_kind(child, found) or scopes
        elif child.name == "client-data-source":
            found.note(child, "is not needed: clients lie in the database of the server")
        elif not _authenticates(child, found):
            found.note(child, "has no counterpart here")
    people, credentials = bool(found.by_code), bool(found.by_credentials)
    return RegistrationOverrides(
        enabled=any(kinds.values()),
        authenticate="both" if people and credentials else "client" if credentials else "user",
        templatized=kinds["templatized"],
        non_templatized=kinds["non-templatized"],
        allowed_scopes=scopes,
    )


def _of_a_kind(element: Element, found: _Import) -> tuple[str, ...] | None:
    """The scopes that may be registered; None: as the settings say."""
    scopes: tuple[str, ...] | None = None
    for child in element.children:
        if child.name == "scopes":
            scopes = _scopes(child, found)
        elif child.name in _TAKEN:
            taken, sentence = _TAKEN[child.name]
            for one in child.children:
                if one.name != taken:
                    found.note(one, sentence)
        elif not _authenticates(child, found):
            found.note(child, "has no counterpart here")
    return scopes


def _scopes(element: Element, found: _Import) -> tuple[str, ...] | None:
    for one in element.children:
        if one.name == "all":
            found.note(one, "means the setting registration.allowed_scopes here")
    return tuple(dict.fromkeys(word for one in (element, *element.children) for word in one.word.split())) or None


def _authenticates(element: Element, found: _Import) -> bool:
    """Whether it says through which clients initial tokens are obtained."""
    if element.name == "authenticate-user-by":
        found.by_code.add(ClientId(element.word))
    elif element.name == "authenticate-client-by":
        found.by_credentials.add(ClientId(element.word))
    else:
        return False
    return True
