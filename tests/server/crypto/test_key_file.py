import errno
import os
import stat
from pathlib import Path

import pytest

from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.key_file import MAX_BYTES, read_roots, write_roots
from keyfob_server.crypto.roots import KeyFileUnusable, create_roots, render_roots

ROOTS = create_roots(SystemEntropy())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_a_written_key_file_is_read_back(path: Path) -> None:
    write_roots(path, ROOTS)
    assert read_roots(path) == ROOTS


@pytest.mark.parametrize("process_umask", [0, 0o022, 0o277])
def test_a_written_key_file_is_for_its_owner_alone_and_leaves_no_draft(path: Path, process_umask: int) -> None:
    umask = os.umask(process_umask)
    try:
        write_roots(path, ROOTS)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_an_existing_key_file_is_never_overwritten_unasked(path: Path) -> None:
    write_roots(path, ROOTS)
    with pytest.raises(KeyFileUnusable, match="exists already"):
        write_roots(path, create_roots(SystemEntropy()))
    assert read_roots(path) == ROOTS
    assert list(path.parent.iterdir()) == [path]


def test_a_key_file_is_replaced_when_that_is_asked_for(path: Path) -> None:
    write_roots(path, create_roots(SystemEntropy()))
    write_roots(path, ROOTS, replace=True)
    assert read_roots(path) == ROOTS
    assert list(path.parent.iterdir()) == [path]


def test_a_draft_that_a_dead_process_left_is_no_hindrance(path: Path) -> None:
    path.with_name(f".{path.name}.{os.getpid()}.new").write_text("half")
    write_roots(path, ROOTS)
    assert read_roots(path) == ROOTS


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_roots(path, ROOTS)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyFileUnusable, match="No space left"):
        write_roots(path, create_roots(SystemEntropy()), replace=True)
    assert read_roots(path) == ROOTS
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said(path: Path) -> None:
    with pytest.raises(KeyFileUnusable, match="cannot be written"):
        write_roots(path.parent / "nowhere" / "keys.json", ROOTS)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o644, 0o777])
def test_a_key_file_that_others_can_reach_is_refused(path: Path, mode: int) -> None:
    write_roots(path, ROOTS)
    path.chmod(mode)
    with pytest.raises(KeyFileUnusable, match="chmod 600"):
        read_roots(path)


def test_a_key_file_of_another_user_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_roots(path, ROOTS)
    if os.geteuid() == 0:
        os.chown(path, 12345, 12345)
    else:
        # Only root can give a file away; anybody else looks at it as another user would.
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(KeyFileUnusable, match="belongs to user"):
        read_roots(path)


def test_a_key_file_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(KeyFileUnusable, match=r"keys\.json: No such file"):
        read_roots(path)


def test_a_folder_is_no_key_file(path: Path) -> None:
    path.mkdir(mode=0o700)
    with pytest.raises(KeyFileUnusable, match="not a regular file"):
        read_roots(path)


def test_a_named_pipe_is_refused_without_waiting_for_a_writer(path: Path) -> None:
    os.mkfifo(path, 0o600)
    with pytest.raises(KeyFileUnusable, match="not a regular file"):
        read_roots(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a JSON object"),
        (b"\xff\xfe", "not UTF-8"),
        (b" " * (MAX_BYTES + 1), "larger than"),
        (render_roots(ROOTS).encode()[:-20], "not a JSON object"),
    ],
)
def test_a_damaged_key_file_is_refused_in_one_line_that_names_it(path: Path, content: bytes, said: str) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileUnusable, match=said) as refused:
        read_roots(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert ROOTS.sealing[0].key.hex() not in str(refused.value)
