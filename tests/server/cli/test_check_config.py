"""`keyfob check-config` says what the server would read, or everything that is wrong with it."""

from pathlib import Path

import pytest

from keyfob_server.settings.table import SETTINGS
from support_keyfob_program import keyfob

pytestmark = pytest.mark.slow

GOOD = 'base_url = "https://id.example.com"\n'
BAD = 'base_url = "http://id.example.com"\nprot = 3\n'


def test_good_settings_are_called_good(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text(GOOD)
    done = keyfob("check-config", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "keyfob.toml: the settings are good\n", "")


def test_every_problem_has_a_line_and_the_exit_code_is_1(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text(BAD)
    done = keyfob("check-config", cwd=tmp_path, env={"KEYFOB_PORT": "http"})
    assert (done.code, done.out) == (1, "")
    sentence = "must begin with https://; http is for a loopback host only, in development and demos"
    assert done.err.splitlines() == [
        f"keyfob: keyfob.toml:1: base_url: {sentence}",
        "keyfob: keyfob.toml:2: prot: is no setting; did you mean port?",
        "keyfob: environment: KEYFOB_PORT: must be a whole number from 0 to 65535, not 'http'",
    ]


def test_problems_can_be_read_by_a_program(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text(BAD)
    done = keyfob("check-config", "--json", cwd=tmp_path)
    assert done.code == 1
    assert '"name": "prot"' in done.out
    assert done.err == ""


def test_show_prints_every_setting_and_where_it_was_said(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text(GOOD)
    done = keyfob("check-config", "--show", cwd=tmp_path, env={"KEYFOB_TOKENS_REFRESH": "false"})
    rows = {line.split()[0]: line.split()[1:] for line in done.out.splitlines()}
    assert set(rows) == {"SETTING"} | {setting.key for setting in SETTINGS}
    assert rows["base_url"] == ["https://id.example.com", "keyfob.toml:1"]
    assert rows["tokens.refresh"] == ["false", "environment"]
    assert rows["port"] == ["8443", "default"]


def test_shown_settings_can_be_read_by_a_program(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text(GOOD)
    document = keyfob("check-config", "--json", cwd=tmp_path).document()
    assert document["problems"] == []
    settings = document["settings"]
    assert isinstance(settings, dict)
    assert settings["registration.default_scope"] == {"value": ["openid", "profile"], "from": "default"}


def test_the_keys_of_the_environment_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text(GOOD)
    for option in ("--show", "--json"):
        done = keyfob("check-config", option, cwd=tmp_path, env={"KEYFOB_KEYS": "planted-root-key"})
        assert done.code == 0
        assert "planted-root-key" not in done.out + done.err


def test_k10_check_config_refuses_plain_http_beyond_loopback(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text('base_url = "http://192.0.2.1:8443"\n')
    done = keyfob("check-config", cwd=tmp_path)
    assert done.code == 1
    assert "keyfob.toml:1: base_url: must begin with https://" in done.err


def test_k10_serve_does_not_start_with_plain_http_beyond_loopback(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text('base_url = "http://id.example.com"\n')
    refusal = keyfob("serve", cwd=tmp_path).refusal(1)
    assert refusal.startswith("keyfob.toml:1: base_url: must begin with https://")
    assert [path.name for path in tmp_path.iterdir()] == ["keyfob.toml"]


def test_k10_serve_does_not_listen_to_the_network_with_plain_http(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text('base_url = "http://127.0.0.1:8443"\nhost = "0.0.0.0"\n')
    refusal = keyfob("serve", cwd=tmp_path).refusal(1)
    assert refusal == "keyfob.toml:2: host: must be a loopback address while base_url begins with http://"
