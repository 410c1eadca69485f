"""storage.sole_server: one server process for a database."""

import subprocess
import sys
from pathlib import Path

import pytest

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.sole_server import sole_server

HOLD = """
import sys, pathlib
from keyfob_server.storage.sole_server import sole_server
with sole_server(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_server_is_refused_while_the_first_runs_and_welcome_after_it_was_killed(tmp_path: Path) -> None:
    database = tmp_path / "keyfob.db"
    command = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout
        assert first.stdout.readline() == b"held\n"
        with (
            pytest.raises(StorageUnavailable, match="another server is running on the database"),
            sole_server(database),
        ):
            pytest.fail("both serve")
        first.kill()
        first.wait()
        with sole_server(database):
            pass


def test_servers_of_different_databases_do_not_meet(tmp_path: Path) -> None:
    with sole_server(tmp_path / "one.db"), sole_server(tmp_path / "two.db"):
        assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_a_folder_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "keyfob.db"
    with (
        pytest.raises(StorageUnavailable, match=r"keyfob\.db\.server: No such file or directory"),
        sole_server(missing),
    ):
        pytest.fail("serves nothing")


def test_a_link_in_the_lock_files_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "keyfob.db.server").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageUnavailable), sole_server(tmp_path / "keyfob.db"):
        pytest.fail("followed")
    assert not (tmp_path / "elsewhere").exists()
