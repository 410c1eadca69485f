"""A document of clients, templates and registration, read from its file. What it says is judged by the rules."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.metadata_members import TAGGED_MEMBERS
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.configured_clients import ConfiguredClient
from keyfob_server.rules.registration_overrides import RegistrationOverrides
from keyfob_server.rules.scope_texts import ScopeTexts
from keyfob_server.rules.template_changes import TemplateDefinition, defined
from keyfob_server.settings.document_members import CLIENT, ID, REGISTRATION, SCOPES, TEMPLATE, member_of, members_of
from keyfob_server.settings.kinds import Value, from_toml
from keyfob_server.settings.problems import Problem, SettingsError
from keyfob_server.settings.toml_file import parse_toml, read_toml

MAX_ENTRIES: Final = 1000
_HEADER = re.compile(r"\s*(\[{1,2})\s*([A-Za-z_]+)\s*\]")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*=""")
_SETTINGS: Final = frozenset(field.name for field in fields(ClientSettings))


@dataclass(frozen=True, slots=True)
class Document:
    clients: tuple[ConfiguredClient, ...] = ()
    templates: tuple[TemplateDefinition, ...] = ()
    registration: RegistrationOverrides | None = None
    """None: the document says nothing of it."""
    scopes: ScopeTexts | None = None
    """As `registration`."""
    places: Mapping[str, str] | None = None
    """`path:line` by `client ID`, `template ID` and `registration`."""

    def where(self, what: str) -> str:
        return (self.places or {}).get(what, "")


def read_document(path: Path, environ: Mapping[str, str]) -> Document:
    """Raises SettingsError with all problems of form."""
    _, text = read_toml(path)
    return parse_document(path, text, environ)


def parse_document(path: Path, text: str, environ: Mapping[str, str]) -> Document:
    """As `read_document`, of a text; `path` is what problems call it."""
    found = parse_toml(path, text)
    reading = _Reading(path, _lines(text), environ, [])
    registration = reading.registration(found.get(REGISTRATION))
    scopes = reading.scopes(found.get(SCOPES))
    clients = [reading.client(one, n) for n, one in enumerate(reading.entries(found, CLIENT))]
    templates = [reading.template(one, n) for n, one in enumerate(reading.entries(found, TEMPLATE))]
    for name in found.keys() - {REGISTRATION, SCOPES, CLIENT, TEMPLATE}:
        reading.problem("", 0, name, f"is none of [[{CLIENT}]], [[{TEMPLATE}]], [{REGISTRATION}] and [{SCOPES}]")
    places = {name: reading.where(name, 0, "") for name in (REGISTRATION, SCOPES)}
    for kind, made in ((CLIENT, clients), (TEMPLATE, templates)):
        for number, one in enumerate(made):
            if one and places.setdefault(f"{kind} {one.id}", reading.where(kind, number, "")) != reading.where(
                kind, number, ""
            ):
                reading.problem(kind, number, "id", f"is that of another {kind}")
    if reading.problems:
        raise SettingsError(tuple(reading.problems))
    return Document(
        tuple(one for one in clients if one), tuple(one for one in templates if one), registration, scopes, places
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    path: Path
    lines: Mapping[tuple[str, int, str], int]
    environ: Mapping[str, str]
    problems: list[Problem]

    def where(self, table: str, number: int, name: str) -> str:
        line = self.lines.get((table, number, name)) or self.lines.get((table, number, ""))
        return f"{self.path}:{line}" if line else str(self.path)

    def problem(self, table: str, number: int, name: str, sentence: str) -> None:
        self.problems.append(Problem(self.where(table, number, name), name, sentence))

    def entries(self, found: Mapping[str, object], table: str) -> Iterator[Mapping[str, object]]:
        listed = found.get(table, [])
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            self.problem(table, 0, table, f"must be written as [[{table}]], once for each")
            return
        if len(listed) > MAX_ENTRIES:
            self.problem(table, 0, table, f"there are more than {MAX_ENTRIES}")
            return
        yield from listed

    def registration(self, found: object) -> RegistrationOverrides | None:
        if found is None:
            return None
        if not isinstance(found, dict):
            self.problem(REGISTRATION, 0, REGISTRATION, f"must be written as [{REGISTRATION}]")
            return None
        values: dict[str, Any] = self.values(REGISTRATION, 0, found)
        # each value has the type of its field: its kind checked it
        return RegistrationOverrides(**values)

    def scopes(self, found: object) -> ScopeTexts | None:
        if found is None:
            return None
        if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
            self.problem(
                SCOPES, 0, SCOPES, f'must be written as [{SCOPES}], with lines such as orders = "See your orders"'
            )
            return None
        return ScopeTexts(tuple(sorted(found.items())))

    def client(self, found: Mapping[str, object], number: int) -> ConfiguredClient | None:
        client_id = self.id(CLIENT, number, found)
        metadata, settings, rest = self.parts(CLIENT, number, found)
        variable = rest.get("secret_env")
        secret = self.environ.get(str(variable), "") if variable else ""
        if variable and not secret:
            self.problem(CLIENT, number, "secret_env", f"there is no variable {variable} in the environment")
        return ConfiguredClient(client_id, metadata, settings, secret) if client_id else None

    def template(self, found: Mapping[str, object], number: int) -> TemplateDefinition | None:
        template_id = self.id(TEMPLATE, number, found)
        metadata, settings, _ = self.parts(TEMPLATE, number, found)
        return defined(TemplateDefinition(template_id, metadata, settings)) if template_id else None

    def id(self, table: str, number: int, found: Mapping[str, object]) -> ClientId | None:
        if "id" not in found:
            self.problem(table, number, "id", "is missing")
            return None
        try:
            return ClientId(str(from_toml(ID, found["id"])))
        except ValueError as error:
            self.problem(table, number, "id", str(error))
            return None

    def parts(
        self, table: str, number: int, found: Mapping[str, object]
    ) -> tuple[ClientMetadata, ClientSettings, dict[str, Value]]:
        values = self.values(table, number, {name: value for name, value in found.items() if name != "id"})
        names = {name: values.pop(name) for name in tuple(values) if name.partition("#")[0] in TAGGED_MEMBERS}
        decided: dict[str, Any] = {name: values.pop(name) for name in tuple(values) if name in _SETTINGS}
        rest = {name: values.pop(name) for name in tuple(values) if name == "secret_env"}
        members: dict[str, Any] = {"redirect_uris": (), **values, "scope": tuple(str(values.get("scope", "")).split())}
        return ClientMetadata(names={k: str(v) for k, v in names.items()}, **members), ClientSettings(**decided), rest

    def values(self, table: str, number: int, found: Mapping[str, object]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, raw in found.items():
            member = member_of(table, name)
            if member is None:
                self.problem(table, number, name, _unknown(table, name))
                continue
            try:
                values[name] = from_toml(member.kind, raw)
            except ValueError as error:
                self.problem(table, number, name, str(error))
        return values


def _unknown(table: str, name: str) -> str:
    if name in {"secret", "client_secret"}:
        return "has no place in a file; name an environment variable with secret_env, or let the server make one"
    known = (*(("id",) if table != REGISTRATION else ()), *members_of(table))
    near = [one for one in known if one.endswith(f"_{name}")] or difflib.get_close_matches(name, known, n=1)
    elsewhere = next((other for other in (CLIENT, TEMPLATE, REGISTRATION) if member_of(other, name)), "")
    if elsewhere:
        return f"is no member of a {table}, but of a {elsewhere}"
    return f"is no member of a {table}" + (f"; did you mean {near[0]}?" if near else "")


def _lines(text: str) -> dict[tuple[str, int, str], int]:
    """The line of each table and key, by a look at how lines begin; a text over many lines may mislead it."""
    found: dict[tuple[str, int, str], int] = {}
    seen: dict[str, int] = {}
    table, number = "", 0
    for line_number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = header[2]
            number = seen[table] = seen.get(table, -1) + 1 if header[1] == "[[" else 0
            found.setdefault((table, number, ""), line_number)
        elif key := _KEY.match(line):
            found.setdefault((table, number, key[1] or key[2] or key[3]), line_number)
    return found
