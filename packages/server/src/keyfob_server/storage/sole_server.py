"""A SQLite database serves one server process (design: storage, engines): a second one is told so."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keyfob_server.ports.storage import StorageUnavailable


@contextmanager
def sole_server(database: Path) -> Iterator[None]:
    """Hold the database for this server; the lock ends with the process, however that ends.

    Raises StorageUnavailable when another server has it. Commands do not ask for it: they may work beside a server.
    """
    # A file of its own: to close the database's would drop the locks that SQLite has on it.
    path = database.with_name(f"{database.name}.server")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StorageUnavailable(f"cannot use the database {database}: {path.name}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StorageUnavailable(f"another server is running on the database {database}") from error
        yield
    finally:
        os.close(descriptor)
