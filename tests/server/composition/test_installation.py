"""A new installation, where the command line would not get to."""

from pathlib import Path

import pytest

from keyfob_server.composition.installation import InstallationRefused, install
from keyfob_server.settings import SettingsError
from keyfob_server.storage.migrate import sqlite_path

BASE = "http://127.0.0.1:8443"


def test_a_base_url_that_cannot_be_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must begin with https://"):
        install(tmp_path / "data", "ftp://x", {})
    assert list(tmp_path.iterdir()) == []


def test_settings_of_the_environment_that_cannot_be_make_nothing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="KEYFOB_PORT: must be a whole number"):
        install(tmp_path / "data", BASE, {"KEYFOB_PORT": "x"})
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")
    with pytest.raises(InstallationRefused, match="is no folder"):
        install(tmp_path / "data", BASE, {})
    assert (tmp_path / "data").read_text() == "mine"


@pytest.mark.slow
def test_the_root_of_a_mounted_file_system_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "data/lost+found").mkdir(parents=True)
    made = install(tmp_path / "data", BASE, {})
    assert sqlite_path(made.settings.database_url) == tmp_path / "data/keyfob.db"


@pytest.mark.slow
def test_the_password_has_125_random_bits_is_readable_and_not_shown_by_repr(tmp_path: Path) -> None:
    made = install(tmp_path / "data", BASE, {})
    groups = made.password.split("-")
    assert [len(group) for group in groups] == [5] * 5
    assert set("".join(groups)) <= set("abcdefghjkmnopqrstuvwxyz23456789")
    assert made.password not in repr(made)
