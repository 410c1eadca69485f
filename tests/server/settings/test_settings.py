"""What a configuration file and the environment mean, and how a mistake is told."""

import dataclasses
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

from keyfob_server.rules.policy import Paths, Policy, RegistrationClientPolicy, RegistrationPolicy
from keyfob_server.settings import Settings, SettingsError, load_settings
from keyfob_server.settings.kinds import Choice, Flag, Kind, Text, Value, Whole, Words
from keyfob_server.settings.load import find_settings
from keyfob_server.settings.reference import example_file, reference
from keyfob_server.settings.table import OTHER_VARIABLES, SETTINGS, Setting

ROOT = Path(__file__).parents[3]
BASE = 'base_url = "https://id.example.com"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "keyfob.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(path, environ or {})
    return [str(problem) for problem in caught.value.problems]


def another_value(setting: Setting) -> Value:  # noqa: PLR0911 - a table by kind
    """A right value that is not the default, and contradicts no default."""
    match setting.kind:
        case Whole() if setting.key.endswith("_absolute_s"):
            return 3_000_000
        case Whole(least, most):
            return least + 1 if least + 1 != setting.default else min(most, least + 2)
        case Flag():
            return not setting.default
        case Choice(options):
            return next(option for option in options if option != setting.default)
        case Words(form="redirect URIs"):
            return ("com.example.app:/callback", "http://127.0.0.1/callback")
        case Words():
            return {"registration.allowed_scopes": ("openid", "profile", "x")}.get(
                setting.key, (*(setting.default if isinstance(setting.default, tuple) else ()), "email")[-1:]
            )
        case Text():
            special: dict[str, Value] = {
                "base_url": "https://other.example",
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
    if key != "registration.allowed_grant_types"  # "email" is none; it has a test of its own
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
        ]
    )
    for made_otherwise in (
        *("policy", "policy.paths", "policy.registration", "policy.registration_client", "policy.base_url"),
        *("key_text", "config_file"),
    ):
        del fields[made_otherwise]
    types: dict[type[Kind], tuple[object, ...]] = {
        Text: (str, Path),
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


def test_keys_and_variables_are_all_different() -> None:
    variables = [setting.variable for setting in SETTINGS] + list(OTHER_VARIABLES)
    assert len(set(variables)) == len(variables)
    assert len(BY_KEY) == len(SETTINGS)


def test_relative_paths_start_at_the_folder_of_the_file(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, BASE), {})
    assert settings.key_file == tmp_path / "keyfob.keys"
    assert settings.database_path == tmp_path / "keyfob.db"
    assert settings.database_url == f"sqlite:///{tmp_path}/keyfob.db"


def test_relative_paths_start_at_the_current_folder_without_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {"KEYFOB_BASE_URL": "https://id.example.com"})
    assert settings.database_path == tmp_path / "keyfob.db"
    assert settings.config_file is None


def test_the_text_of_the_keys_is_not_shown_by_repr() -> None:
    settings = load_settings(None, {"KEYFOB_BASE_URL": "https://id.example.com", "KEYFOB_KEYS": "planted-root"})
    assert settings.key_text == "planted-root"
    assert "planted-root" not in repr(settings)


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'base_url = "http://id.example.com"\nprot = 3\n\n[lifetimes]\ncode = 3\ncode_s = "60"\n'
        "session_idle_s = 100000\n[registration]\nrefresh = true\n",
    )
    assert problems_of(path, {"KEYFOB_BASEURL": "x", "KEYFOB_PORT": "http"}) == [
        f"{path}:1: base_url: must begin with https://; http is for a loopback host only, in development and demos",
        f"{path}:2: prot: is no setting; did you mean port?",
        f"{path}:5: lifetimes.code: is no setting; did you mean lifetimes.code_s?",
        f"{path}:6: lifetimes.code_s: must be a whole number from 1 to 600, not '60'",
        f"{path}:7: lifetimes.session_idle_s: must not be longer than lifetimes.session_absolute_s, which is 86400",
        f"{path}:9: registration.refresh: is no setting; did you mean tokens.refresh?",
        "environment: KEYFOB_BASEURL: is no setting; did you mean KEYFOB_BASE_URL?",
        "environment: KEYFOB_PORT: must be a whole number from 0 to 65535, not 'http'",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("port = true\n", ":2: port: must be a whole number from 0 to 65535, not True"),
        ("port = 70000\n", ":2: port: must be a whole number from 0 to 65535, not 70000"),
        ("port = 1.5\n", ":2: port: must be a whole number from 0 to 65535, not 1.5"),
        ('log_level = "loud"\n', ":2: log_level: must be one of debug, info, warning, error, not 'loud'"),
        ("host = 3\n", ":2: host: must be a text in quotes, not 3"),
        ('host = "a b"\n', ":2: host: must be an IP address or a host name, not 'a b'"),
        ('host = "1.2.3"\n', ":2: host: must be an IP address or a host name, not '1.2.3'"),
        ("# a comment\n[tokens]\nrefresh = 1\n", ":4: tokens.refresh: must be true or false, not 1"),
        ("tokens.refresh = 1\n", ":2: tokens.refresh: must be true or false, not 1"),
        ('"tokens"."refresh" = 1\n', ":2: tokens.refresh: must be true or false, not 1"),
        ("tokens = { refresh = 1 }\n", ":2: tokens.refresh: must be true or false, not 1"),
        ("[tokens]\n[tokens.refresh]\nx = 1\n", ":3: tokens.refresh: must be true or false, not {'x': 1}"),
        ("[registration]\nallowed_scopes = [1]\n", ":3: registration.allowed_scopes: must be a list of texts, not [1]"),
        (
            "[registration]\nallowed_scopes = ['a', 'a']\n",
            ":3: registration.allowed_scopes: must not name the same twice",
        ),
        ("[registration]\nallowed_scopes = []\n", ":3: registration.allowed_scopes: must name at least one"),
        (
            "[registration]\nallowed_scopes = ['openid', 'profile', 'dcr']\n",
            ":3: registration.allowed_scopes: must be a scope without quotes or backslashes, and never dcr, not 'dcr'",
        ),
        (
            "[registration]\ndefault_scope = ['openid', 'x']\n",
            ":3: registration.default_scope: must be within registration.allowed_scopes, which lacks x",
        ),
        ("admin_port = 8443\n", ":2: admin_port: must not be the port of the public listener"),
        ("[paths]\ntoken = 'x'\n", ":3: paths.token: must be a path such as /oauth/token, not 'x'"),
        ("[paths]\ntoken = '/x/'\n", ":3: paths.token: must be a path such as /oauth/token, not '/x/'"),
        ("[paths]\ntoken = '/x/..'\n", ":3: paths.token: must be a path such as /oauth/token, not '/x/..'"),
        (
            "[paths]\ntoken = '/.well-known/x'\n",
            ":3: paths.token: must be a path such as /oauth/token, not '/.well-known/x'",
        ),
        (
            "[paths]\nuserinfo = '/oauth/v2/oauth-token'\n",
            ":3: paths.userinfo: must not be the same as paths.token",
        ),
        (
            "[paths]\nuserinfo = '/token-service/oauth-registration/u'\n",
            ":3: paths.userinfo: must not lie below paths.registration",
        ),
        (
            "[paths]\nuserinfo = '/oauth/v2/oauth-anonymous/jwks'\n",
            ":3: paths.userinfo: must not be the address of the keys, below paths.issuer",
        ),
        ("database_url = 'postgres://u:hidden@h/d'\n", ":2: database_url: must be sqlite:/// and the path of a file,"),
        ("database_url = 'sqlite:///:memory:'\n", ":2: database_url: must be sqlite:/// and the path of a file,"),
        ("port = \n", ":2: is not TOML: Invalid value"),
        ("port = 1\nport = 2\n", ":3: is not TOML: Cannot overwrite a value"),
        ("[tokens\n", ":2: is not TOML: "),
        ('acr = "', ":2: is not TOML: "),
    ],
)
def test_a_mistake_is_told_by_file_line_and_key(text: str, problem: str, tmp_path: Path) -> None:
    path = written(tmp_path, BASE + text)
    told = problems_of(path)
    assert len(told) == 1
    assert told[0].startswith(f"{path}{problem}")
    assert "hidden" not in told[0]


def test_a_default_that_contradicts_is_told_at_the_line_that_made_it_wrong(tmp_path: Path) -> None:
    path = written(tmp_path, BASE + "[lifetimes]\nsession_absolute_s = 60\n")
    sentence = "must not be longer than lifetimes.session_absolute_s, which is 60"
    assert problems_of(path) == [f"{path}:3: lifetimes.session_idle_s: {sentence}"]


def test_a_file_that_is_not_utf_8_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "keyfob.toml"
    path.write_bytes(BASE.encode() + b"# \xff\n")
    assert problems_of(path) == [f"{path}:2: is not UTF-8"]


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, BASE + "#" * (1 << 20))
    assert problems_of(path) == [f"{path}: is larger than 1048576 bytes"]


def test_a_file_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, BASE + "x = " + "[" * 100_000)
    assert problems_of(path) == [f"{path}: is nested too deeply"]


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none.toml") == [f"{tmp_path}/none.toml: cannot be read: No such file or directory"]


def test_base_url_is_required(tmp_path: Path) -> None:
    path = written(tmp_path, "port = 1\n")
    sentence = "is missing; give it here or in KEYFOB_BASE_URL"
    assert problems_of(path) == [f"{path}: base_url: {sentence}"]
    assert problems_of(None) == [f"environment: base_url: {sentence}"]


def test_the_example_file_states_the_defaults(tmp_path: Path) -> None:
    found = find_settings(written(tmp_path, example_file()), {})
    assert {key: one.value for key, one in found.items() if key != "base_url"} == {
        setting.key: setting.default for setting in SETTINGS if setting.key != "base_url"
    }
    assert all(one.where != "default" for one in found.values())


def test_the_reference_page_is_current() -> None:
    assert (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8") == reference()


def test_the_reference_names_every_setting_and_variable_and_its_example_is_toml() -> None:
    page = reference()
    for setting in SETTINGS:
        assert f"| `{setting.key.rpartition('.')[2]}` | `{setting.variable}` |" in page
    for variable in OTHER_VARIABLES:
        assert f"| `{variable}` |" in page
    example = page.split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(example)["base_url"] == "https://id.example.com"
