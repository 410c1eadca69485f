"""The key file: readable by the server's user and nobody else, written whole or not at all."""

import os
import stat
from pathlib import Path

from keyfob_server.crypto.private_file import write_private
from keyfob_server.crypto.roots import KeyFileUnusable, Roots, parse_roots, render_roots

MAX_BYTES = 64 * 1024
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
    try:
        write_private(path, render_roots(roots).encode("ascii"), replace=replace)
    except FileExistsError as error:
        raise KeyFileUnusable(f"key file {path}: exists already") from error
    except OSError as error:
        raise KeyFileUnusable(f"key file {path}: cannot be written: {error.strerror}") from error
