"""One change of the key file at a time: what was read must still be there when it is written."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keyfob_server.crypto.roots import KeyFileUnusable


@contextmanager
def sole_change(path: Path) -> Iterator[None]:
    """Wait for whoever changes the file now, then keep others out. Raises KeyFileUnusable."""
    lock = path.with_name(f".{path.name}.lock")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise KeyFileUnusable(f"key file {path}: {lock.name}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
