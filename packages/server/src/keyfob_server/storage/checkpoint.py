"""When the write-ahead log goes back into the database file: after answers, never before them."""

import logging
import sqlite3
from typing import Final

from keyfob_server.storage.connection import fetch

_log = logging.getLogger(__name__)

OPERATIONS: Final = 1000
"""So many committed operations make a checkpoint due; an idle second makes it due after any."""

_MANY_PAGES: Final = 32_768
"""128 MiB of log: somebody keeps an old view of the database open."""


class Checkpointer:
    """For the writer's thread, on the writer's connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._operations = 0
        self._warned = False

    def after_group(self, operations: int) -> None:
        """Count what was committed, and checkpoint when it is due; 0 stands for an idle second. Never raises."""
        self._operations += operations
        if self._operations >= OPERATIONS or (self._operations and not operations):
            self.checkpoint()

    def checkpoint(self) -> None:
        self._operations = 0
        try:
            # passive: waits for nobody; a log that is copied wholly starts again at the next write
            ((_, pages, copied),) = fetch(self._connection, "pragma wal_checkpoint(passive)", ())
        except sqlite3.Error as error:
            _log.warning("checkpoint failed: %s", error)
            return
        behind = pages - copied > _MANY_PAGES
        if behind and not self._warned:
            _log.warning("the write-ahead log grows: another program has kept the database open for reading too long")
        self._warned = behind
