"""The key file: readable by the server's user and nobody else, written whole or not at all."""

import contextlib
import os
import stat
from pathlib import Path

from keyfob_server.crypto.roots import KeyFileUnusable, Roots, parse_roots, render_roots

MAX_BYTES = 64 * 1024
_MODE = 0o600
_OTHERS = 0o077


def read_roots(path: Path) -> Roots:
    """Raises KeyFileUnusable, saying what is wrong and what to do about it."""
    try:
        content = _content(path)
    except OSError as error:
        raise KeyFileUnusable(f"key file {path}: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise KeyFileUnusable(f"key file {path}: larger than {MAX_BYTES} bytes")
    try:
        return parse_roots(content.decode("utf-8"))
    except UnicodeDecodeError:
        # The decoder's error carries the bytes.
        raise KeyFileUnusable(f"key file {path}: not UTF-8") from None
    except KeyFileUnusable as error:
        raise KeyFileUnusable(f"key file {path}: {error}") from None


def _content(path: Path) -> bytes:
    # Without O_NONBLOCK a named pipe of that name would hang the start.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        _check(path, os.fstat(descriptor))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)


def _check(path: Path, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise KeyFileUnusable(f"key file {path}: not a regular file")
    if facts.st_uid != os.geteuid():
        raise KeyFileUnusable(f"key file {path}: belongs to user {facts.st_uid}, the server runs as {os.geteuid()}")
    if facts.st_mode & _OTHERS:
        raise KeyFileUnusable(f"key file {path}: others can reach it (mode {facts.st_mode & 0o777:o}); chmod 600 it")


def write_roots(path: Path, roots: Roots, *, replace: bool = False) -> None:
    """Write atomically and durably, mode 0600. Raises KeyFileUnusable, also when a file is there and `replace` is off:
    a key file that is overwritten by mistake takes every secret and every session with it.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        try:
            _write_draft(draft, render_roots(roots).encode("ascii"))
            if replace:
                draft.replace(path)
            else:
                # A link is refused when the name is taken; a rename would overwrite.
                path.hardlink_to(draft)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except FileExistsError as error:
        raise KeyFileUnusable(f"key file {path}: exists already") from error
    except OSError as error:
        raise KeyFileUnusable(f"key file {path}: cannot be written: {error.strerror}") from error


def _write_draft(draft: Path, content: bytes) -> None:
    # A draft of the same name is the rest of a process that died; only our own user can have made it in this folder.
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE)
    with os.fdopen(descriptor, "wb") as file:
        # The process's umask may have taken bits away; it cannot have added any.
        os.fchmod(descriptor, _MODE)
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
