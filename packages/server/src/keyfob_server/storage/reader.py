"""Reads on the event loop's own thread: a read by key takes less time than a change of threads."""

import asyncio
import logging
import sqlite3
from typing import Final

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.connection import BUSY_TIMEOUT_S, fetch, is_busy
from keyfob_server.storage.executor import Row, SqlValue

_log = logging.getLogger(__name__)

_FIRST_PAUSE_S: Final = 0.001
_LONGEST_PAUSE_S: Final = 0.05


async def read(connection: sqlite3.Connection, text: str, parameters: tuple[SqlValue, ...]) -> list[Row]:
    """Raises StorageUnavailable; waits for a locked database without stopping the loop."""
    waited, pause = 0.0, _FIRST_PAUSE_S
    while True:
        try:
            return fetch(connection, text, parameters)
        except sqlite3.Error as error:
            if not is_busy(error) or waited > BUSY_TIMEOUT_S:
                _log.warning("read failed: %s", error)
                raise StorageUnavailable(f"read failed: {error}") from error
        await asyncio.sleep(pause)
        waited += pause
        pause = min(2 * pause, _LONGEST_PAUSE_S)
