"""Settings from the file and the environment: gather, check each, check them together, build."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keyfob_server.rules.alarms import WatchPolicy
from keyfob_server.rules.limits import LimitsPolicy
from keyfob_server.rules.policy import Paths, Policy, RegistrationClientPolicy, RegistrationPolicy
from keyfob_server.settings.kinds import Value, from_text, from_toml
from keyfob_server.settings.outbound_settings import OutboundSettings
from keyfob_server.settings.problems import Problem, SettingsError
from keyfob_server.settings.setting import ENVIRONMENT_PREFIX, Setting
from keyfob_server.settings.settings import SQLITE, Settings
from keyfob_server.settings.table import OTHER_VARIABLES, SETTINGS
from keyfob_server.settings.together import contradictions
from keyfob_server.settings.toml_file import TomlFile, read_toml_file

ENVIRONMENT = "environment"
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Found:
    """The value of one setting, and where it was said."""

    setting: Setting
    value: Value
    where: str
    name: str
    """The key or the variable, as it was spelled there."""


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings of a file (None: none) and of the KEYFOB_* variables, which win. Raises SettingsError."""
    return build_settings(path, environ, find_settings(path, environ))


def find_settings(path: Path | None, environ: Mapping[str, str]) -> dict[str, Found]:
    """The value of every setting by key, checked one by one and together. Raises SettingsError with all problems."""
    file = read_toml_file(path) if path is not None else TomlFile(Path(), {}, {})
    problems = [*_unknown_keys(file), *_unknown_variables(environ)]
    found: dict[str, Found] = {}
    for setting in SETTINGS:
        try:
            found[setting.key] = _find(setting, file, environ, has_file=path is not None)
        except SettingsError as error:
            problems.extend(error.problems)
    values = {key: one.value for key, one in found.items()}
    for contradiction in contradictions(values):
        one, other = found[contradiction.key], found[contradiction.other]
        where = other.where if one.where == DEFAULT else one.where
        problems.append(Problem(where, one.name, contradiction.sentence))
    if problems:
        raise SettingsError(tuple(sorted(problems, key=_place)))
    return found


def build_settings(path: Path | None, environ: Mapping[str, str], found: Mapping[str, Found]) -> Settings:
    """The typed form of what was found, with paths made absolute from the file's folder (else the current one)."""
    groups: dict[str, dict[str, Any]] = {
        "": {},
        "policy": {},
        "policy.paths": {},
        "policy.registration": {},
        "policy.registration_client": {},
        "outbound": {},
        "policy.limits": {},
        "policy.watch": {},
    }
    for one in found.values():
        group, _, name = one.setting.field.rpartition(".")
        # Each value has the type of its field: the kind checked it, and a test compares kinds with fields.
        groups[group][name] = one.value
    folder = (path.parent if path is not None else Path()).absolute()
    own = groups[""]
    own["key_file"] = folder / own["key_file"]
    for name in ("tls_certificate", "tls_key", "known_passwords"):
        own[name] = folder / own[name] if own[name] else None
    outbound = groups["outbound"]
    outbound["ca_file"] = folder / outbound["ca_file"] if outbound["ca_file"] else None
    if own["database_url"].startswith(SQLITE):
        own["database_url"] = f"{SQLITE}{folder / own['database_url'].removeprefix(SQLITE)}"
    policy = Policy(
        base_url=own["base_url"],
        paths=Paths(**groups["policy.paths"]),
        registration=RegistrationPolicy(**groups["policy.registration"]),
        registration_client=RegistrationClientPolicy(**groups["policy.registration_client"]),
        limits=LimitsPolicy(**groups["policy.limits"]),
        watch=WatchPolicy(**groups["policy.watch"]),
        **groups["policy"],
    )
    return Settings(
        policy=policy,
        outbound=OutboundSettings(**outbound),
        key_text=environ.get("KEYFOB_KEYS", ""),
        config_file=path.absolute() if path is not None else None,
        **own,
    )


def _find(setting: Setting, file: TomlFile, environ: Mapping[str, str], *, has_file: bool) -> Found:
    """The environment's value, else the file's, else the default. Raises SettingsError with one problem."""
    if setting.variable in environ:
        where, name = ENVIRONMENT, setting.variable
    elif setting.key in file.values:
        where, name = file.where(setting.key), setting.key
    elif setting.default is not None:
        return Found(setting, setting.default, DEFAULT, setting.key)
    else:
        place = str(file.path) if has_file else ENVIRONMENT
        raise SettingsError((Problem(place, setting.key, f"is missing; give it here or in {setting.variable}"),))
    try:
        if where == ENVIRONMENT:
            return Found(setting, from_text(setting.kind, environ[setting.variable]), where, name)
        return Found(setting, from_toml(setting.kind, file.values[setting.key]), where, name)
    except ValueError as error:
        raise SettingsError((Problem(where, name, str(error)),)) from error


def _place(problem: Problem) -> tuple[bool, int]:
    """As one reads the file from above, then the environment."""
    line = problem.where.rpartition(":")[2]
    return problem.where == ENVIRONMENT, int(line) if line.isdigit() else 0


def _unknown_keys(file: TomlFile) -> Iterator[Problem]:
    known = [setting.key for setting in SETTINGS]
    for key in file.values:
        if key not in known:
            yield Problem(file.where(key), key, "is no setting" + _did_you_mean(key, known))


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[Problem]:
    known = [*(setting.variable for setting in SETTINGS), *OTHER_VARIABLES]
    for name in sorted(environ):
        if name.startswith(ENVIRONMENT_PREFIX) and name not in known:
            yield Problem(ENVIRONMENT, name, "is no setting" + _did_you_mean(name, known))


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest known name, also when it was only put into the wrong table."""
    names = tuple(known)
    last = name.rpartition(".")[2]
    near = [key for key in names if key.rpartition(".")[2] == last] or difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]}?" if near else ""
