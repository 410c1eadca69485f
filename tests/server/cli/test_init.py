"""`keyfob init` makes an installation, once, and leaves what exists alone."""

import stat
import tomllib
from pathlib import Path

import pytest

from keyfob_server.crypto.key_file import read_roots
from keyfob_server.settings import load_settings
from keyfob_server.storage.migrate import sqlite_path
from support_keyfob_program import Installation, keyfob
from support_passwords import password_is, sign_in_record

pytestmark = pytest.mark.slow


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_installation_is_for_its_owner_alone_and_its_settings_and_keys_are_good(tmp_path: Path) -> None:
    done = keyfob("init", "--base-url", "https://id.example.com", cwd=tmp_path)
    folder = tmp_path / "keyfob-data"
    assert done.code == 0, done.err
    assert sorted(path.name for path in folder.iterdir()) == ["keyfob.db", "keyfob.keys", "keyfob.toml"]
    assert mode(folder) == 0o700
    assert mode(folder / "keyfob.keys") == mode(folder / "keyfob.db") == 0o600
    settings = load_settings(folder / "keyfob.toml", {})
    assert (settings.base_url, settings.port) == ("https://id.example.com", 8443)
    assert sqlite_path(settings.database_url) == folder / "keyfob.db"
    assert len(read_roots(settings.key_file).sealing) == 1


def test_the_first_administrator_has_the_password_that_is_printed_once_and_stored_nowhere(tmp_path: Path) -> None:
    done = keyfob("init", cwd=tmp_path)
    (password,) = (line.strip() for line in done.out.splitlines() if line.count("-") == 4 and line.startswith("  "))
    installation = Installation(tmp_path / "keyfob-data", password)
    account = sign_in_record(installation, "admin").account
    assert account is not None
    assert (account.user_name, account.status, account.roles) == ("admin", "active", ("owner",))
    assert password_is(installation, "admin", password)
    assert not password_is(installation, "admin", password.upper())
    assert not [name for name, body in contents(installation.folder).items() if password.encode() in body]


def test_two_installations_have_different_passwords_and_keys(tmp_path: Path) -> None:
    first = keyfob("init", "--data-dir", "a", "--json", cwd=tmp_path).document()
    second = keyfob("init", "--data-dir", "b", "--json", cwd=tmp_path).document()
    assert first["password"] != second["password"]
    assert (tmp_path / "a/keyfob.keys").read_bytes() != (tmp_path / "b/keyfob.keys").read_bytes()


def test_the_port_of_a_loopback_base_url_is_the_listeners(tmp_path: Path) -> None:
    keyfob("init", "--base-url", "http://127.0.0.1:9000", cwd=tmp_path)
    assert tomllib.loads((tmp_path / "keyfob-data/keyfob.toml").read_text())["port"] == 9000


def test_an_empty_folder_is_taken_and_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o755)
    assert keyfob("init", cwd=tmp_path, env={"KEYFOB_DATA_DIR": "mine"}).code == 0
    assert mode(tmp_path / "mine") == 0o700


def test_an_installation_is_never_overwritten(installation: Installation) -> None:
    before = contents(installation.folder)
    refusal = keyfob("init", "--data-dir", "data", cwd=installation.folder.parent).refusal(4)
    assert refusal == f"{installation.folder} is not empty (it holds 'keyfob.db'); nothing was changed"
    assert contents(installation.folder) == before


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o755)
    (tmp_path / "home/letter.txt").write_text("dear")
    assert "is not empty" in keyfob("init", "--data-dir", "home", cwd=tmp_path).refusal(4)
    assert contents(tmp_path / "home") == {"letter.txt": b"dear"}
    assert mode(tmp_path / "home") == 0o755


def test_a_database_that_the_environment_names_is_never_overwritten(installation: Installation, tmp_path: Path) -> None:
    before = installation.database.read_bytes()
    env = {"KEYFOB_DATABASE_URL": f"sqlite:///{installation.database}"}
    refusal = keyfob("init", "--data-dir", "other", cwd=tmp_path, env=env).refusal(4)
    assert refusal == f"{installation.database} holds an installation already; nothing was changed"
    assert installation.database.read_bytes() == before
    assert not (tmp_path / "other").exists()


def test_a_key_file_that_the_environment_names_is_never_overwritten(installation: Installation, tmp_path: Path) -> None:
    keys = installation.folder / "keyfob.keys"
    before = keys.read_bytes()
    refusal = keyfob("init", "--data-dir", "other", cwd=tmp_path, env={"KEYFOB_KEY_FILE": str(keys)}).refusal(4)
    assert "exists already" in refusal
    assert keys.read_bytes() == before
    assert not (tmp_path / "other").exists()


def test_what_fails_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    env = {"KEYFOB_DATABASE_URL": "sqlite:////nowhere/at/all/keyfob.db"}
    refusal = keyfob("init", cwd=tmp_path, env=env).refusal(5)
    assert refusal.startswith("cannot migrate /nowhere/at/all/keyfob.db: ")
    assert list(tmp_path.iterdir()) == []


def test_keys_that_the_environment_brings_are_not_written_to_a_file(installation: Installation, tmp_path: Path) -> None:
    keys = (installation.folder / "keyfob.keys").read_text()
    done = keyfob("init", "--data-dir", "other", cwd=tmp_path, env={"KEYFOB_KEYS": keys})
    assert done.code == 0, done.err
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == ["keyfob.db", "keyfob.toml"]


def test_k10_init_refuses_plain_http_beyond_loopback(tmp_path: Path) -> None:
    refusal = keyfob("init", "--base-url", "http://id.example.com", cwd=tmp_path).refusal(2)
    assert "must begin with https://; http is for a loopback host only" in refusal
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert keyfob("init", "--data-dir", "file/below", cwd=tmp_path).refusal(4).endswith(": Not a directory")
