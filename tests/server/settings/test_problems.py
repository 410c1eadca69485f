"""How a mistake in the settings is told."""

from pathlib import Path

import pytest

from keyfob_server.settings.problems import MAX_SHOWN, quoted
from support_settings import BASE, problems_of, written


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
        ("[paths]\ntoken = 'x'\n", ":3: paths.token: must be a path such as /oauth/token, not 'x'"),
        ("[paths]\ntoken = '/x/'\n", ":3: paths.token: must be a path such as /oauth/token, not '/x/'"),
        ("[paths]\ntoken = '/x/..'\n", ":3: paths.token: must be a path such as /oauth/token, not '/x/..'"),
        (
            "[paths]\ntoken = '/.well-known/x'\n",
            ":3: paths.token: must be a path such as /oauth/token, not '/.well-known/x'",
        ),
        (
            "[registration_client]\nredirect_uris = ['javascript:alert(1)']\n",
            ":3: registration_client.redirect_uris: must be a redirect URI: ",
        ),
        ("database_url = 'postgres://u:hidden@h/d'\n", ":2: database_url: must be sqlite:/// and the path of a file,"),
        ("database_url = 'sqlite:///:memory:'\n", ":2: database_url: must be sqlite:/// and the path of a file,"),
    ],
)
def test_a_mistake_is_told_by_file_line_and_key(text: str, problem: str, tmp_path: Path) -> None:
    path = written(tmp_path, BASE + text)
    told = problems_of(path)
    assert len(told) == 1
    assert told[0].startswith(f"{path}{problem}")
    assert "hidden" not in told[0]


def test_base_url_is_required(tmp_path: Path) -> None:
    path = written(tmp_path, "port = 1\n")
    sentence = "is missing; give it here or in KEYFOB_BASE_URL"
    assert problems_of(path) == [f"{path}: base_url: {sentence}"]
    assert problems_of(None) == [f"environment: base_url: {sentence}"]


def test_a_value_is_shown_on_one_line_of_ascii_and_not_without_end() -> None:
    assert quoted("a\nb\x1b\u202e") == r"'a\nb\x1b\u202e'"
    assert len(quoted("x" * 1000)) == MAX_SHOWN
