"""What a configuration file and the environment mean, and how a mistake is told."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

from keyfob_server.ports.certificates import CertificateFiles
from keyfob_server.rules.alarms import WatchPolicy
from keyfob_server.rules.limits import LimitsPolicy
from keyfob_server.rules.policy import Paths, Policy, RegistrationClientPolicy, RegistrationPolicy
from keyfob_server.settings import Settings, load_settings
from keyfob_server.settings.kinds import Choice, Flag, Kind, Text, Value, Whole, Words
from keyfob_server.settings.outbound_settings import OutboundSettings
from keyfob_server.settings.reference import example_file
from keyfob_server.settings.setting import Setting
from keyfob_server.settings.table import OTHER_VARIABLES, SETTINGS
from keyfob_server.storage.migrate import sqlite_path
from support_settings import BASE, problems_of, written


def another_value(setting: Setting) -> Value:  # noqa: C901, PLR0911 - a table by kind
    """A right value that is not the default, and contradicts no default."""
    match setting.kind:
        case Whole() if setting.key.endswith(("_absolute_s", ".keep_published_s")):
            return 3_000_000
        case Whole(least, most):
            return least + 1 if least + 1 != setting.default else min(most, least + 2)
        case Flag():
            return not setting.default
        case Choice(options):
            return next(option for option in options if option != setting.default)
        case Words(form="redirect URIs"):
            return ("com.example.app:/callback", "http://127.0.0.1/callback")
        case Words(form="addresses or networks"):
            return ("10.0.0.0/8", "2001:db8::1")
        case Words(form="networks"):
            return ("10.1.0.0/16", "fd00::/8")
        case Words(form="ports"):
            return ("443", "8443-8445")
        case Words(form="origins"):
            return ("https://app.example", "http://127.0.0.1:3000")
        case Words():
            return {"registration.allowed_scopes": ("openid", "profile", "x")}.get(
                setting.key, (*(setting.default if isinstance(setting.default, tuple) else ()), "email")[-1:]
            )
        case Text():
            special: dict[str, Value] = {
                "base_url": "https://other.example",
                "admin_base_url": "https://admin.example",
                "host": "::1",
                "admin_host": "localhost",
                "database_url": "sqlite:////srv/other.db",
                "key_file": "/srv/other.keys",
            }
            return special.get(setting.key, "/somewhere/else")


def value_at(settings: Settings, field: str) -> object:
    value: object = settings
    for name in field.split("."):
        value = getattr(value, name)
    return value


def as_variable(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return " ".join(value)
        case _:
            return str(value)


def toml_line(setting: Setting, value: Value) -> str:
    spelled = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    if isinstance(value, tuple):
        spelled = repr(list(value))
    name = setting.key.rpartition(".")[2]
    return f"[{setting.table}]\n{name} = {spelled}\n" if setting.table else f"{name} = {spelled}\n"


BY_KEY = {setting.key: setting for setting in SETTINGS}
WITH_OPTIONS = [
    key
    for key in BY_KEY
    # "email" is no grant type, and certificate and key come together; they have tests of their own.
    if key not in {"registration.allowed_grant_types", "tls_certificate", "tls_key"}
]


@pytest.mark.parametrize("key", WITH_OPTIONS)
def test_every_setting_can_be_made_in_the_file(key: str, tmp_path: Path) -> None:
    setting, value = BY_KEY[key], another_value(BY_KEY[key])
    text = toml_line(setting, value) if key == "base_url" else BASE + toml_line(setting, value)
    settings = load_settings(written(tmp_path, text), {})
    got = value_at(settings, setting.field)
    assert (str(got) if isinstance(got, Path) else got) == value
    assert value != setting.default


@pytest.mark.parametrize("key", WITH_OPTIONS)
def test_every_setting_can_be_made_by_a_variable_which_wins_over_the_file(key: str, tmp_path: Path) -> None:
    setting, value = BY_KEY[key], another_value(BY_KEY[key])
    path = written(tmp_path, example_file())
    got = value_at(load_settings(path, {setting.variable: as_variable(value)}), setting.field)
    assert (str(got) if isinstance(got, Path) else got) == value


def test_grant_types_can_be_narrowed_and_not_widened(tmp_path: Path) -> None:
    path = written(tmp_path, BASE + '[registration]\nallowed_grant_types = ["authorization_code"]\n')
    assert load_settings(path, {}).policy.registration.allowed_grant_types == ("authorization_code",)
    path = written(tmp_path, BASE + '[registration]\nallowed_grant_types = ["client_credentials"]\n')
    sentence = "must be authorization_code or refresh_token, not 'client_credentials'"
    assert problems_of(path) == [f"{path}:3: registration.allowed_grant_types: {sentence}"]


def fields_of(prefix: str, record: type) -> Iterator[tuple[str, object]]:
    hints = get_type_hints(record)
    for field in dataclasses.fields(record):
        yield prefix + field.name, hints[field.name]


def test_every_field_of_the_policy_is_a_setting_of_its_type() -> None:
    fields = dict(
        [
            *fields_of("", Settings),
            *fields_of("policy.", Policy),
            *fields_of("policy.paths.", Paths),
            *fields_of("policy.registration.", RegistrationPolicy),
            *fields_of("policy.registration_client.", RegistrationClientPolicy),
            *fields_of("policy.limits.", LimitsPolicy),
            *fields_of("policy.watch.", WatchPolicy),
            *fields_of("outbound.", OutboundSettings),
        ]
    )
    for made_otherwise in (
        *(
            "policy",
            "policy.paths",
            "policy.registration",
            "policy.registration_client",
            "policy.limits",
            "policy.watch",
            "policy.base_url",
        ),
        *("key_text", "config_file", "outbound"),
    ):
        del fields[made_otherwise]
    types: dict[type[Kind], tuple[object, ...]] = {
        Text: (str, Path, Path | None),
        Choice: (str,),
        Whole: (int,),
        Flag: (bool,),
        Words: (tuple[str, ...],),
    }
    assert sorted(fields) == sorted(setting.field for setting in SETTINGS)
    for setting in SETTINGS:
        assert fields[setting.field] in types[type(setting.kind)], setting.key


def test_the_defaults_of_the_table_are_those_of_the_records(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, BASE), {})
    assert settings.policy == Policy(base_url="https://id.example.com")
    plain = Settings(base_url="https://id.example.com", policy=settings.policy, key_file=tmp_path / "keyfob.keys")
    for setting in SETTINGS:
        if not setting.field.startswith("policy.") and setting.key != "database_url":
            assert value_at(settings, setting.field) == value_at(plain, setting.field)


def test_certificate_and_key_come_together_and_relative_paths_start_at_the_folder_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, BASE + "tls_certificate = 'tls.pem'\n")
    settings = load_settings(path, {"KEYFOB_TLS_KEY": "/srv/tls.key"})
    assert settings.tls == CertificateFiles(tmp_path / "tls.pem", Path("/srv/tls.key"))
    assert load_settings(written(tmp_path, BASE), {}).tls is None


def test_keys_and_variables_are_all_different() -> None:
    variables = [setting.variable for setting in SETTINGS] + list(OTHER_VARIABLES)
    assert len(set(variables)) == len(variables)
    assert len(BY_KEY) == len(SETTINGS)


def test_relative_paths_start_at_the_folder_of_the_file(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, BASE), {})
    assert settings.key_file == tmp_path / "keyfob.keys"
    assert sqlite_path(settings.database_url) == tmp_path / "keyfob.db"
    assert settings.database_url == f"sqlite:///{tmp_path}/keyfob.db"


def test_relative_paths_start_at_the_current_folder_without_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {"KEYFOB_BASE_URL": "https://id.example.com"})
    assert sqlite_path(settings.database_url) == tmp_path / "keyfob.db"
    assert settings.config_file is None


def test_the_text_of_the_keys_is_not_shown_by_repr() -> None:
    settings = load_settings(None, {"KEYFOB_BASE_URL": "https://id.example.com", "KEYFOB_KEYS": "planted-root"})
    assert settings.key_text == "planted-root"
    assert "planted-root" not in repr(settings)
