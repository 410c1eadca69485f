"""Files that are whole or not there."""

from pathlib import Path

import pytest

from keyfob_server.crypto.private_file import write_private


def test_a_file_is_private_unless_it_is_said_otherwise(tmp_path: Path) -> None:
    write_private(tmp_path / "a", b"1")
    write_private(tmp_path / "b", b"2", mode=0o644)
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {"a": 0o600, "b": 0o644}


def test_a_taken_name_is_kept_when_nothing_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_private(path, b"first")
    with pytest.raises(FileExistsError):
        write_private(path, b"second", replace=False)
    assert path.read_bytes() == b"first"
    write_private(path, b"third")
    assert path.read_bytes() == b"third"
    assert list(tmp_path.iterdir()) == [path]
