"""Work that no answer waits for: bounded, one piece at a time for each thing, done before the server ends."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Hashable
from typing import Final

from keyfob_server.ports.storage import StorageUnavailable

MOST: Final = 256
"""Pieces that may be under way. Whatever needs doing beyond them is noticed at the next occasion."""

_log = logging.getLogger(__name__)


class Background:
    """Belongs to the event loop that it is used in."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Task[None]] = {}

    def start(self, key: Hashable, work: Callable[[], Coroutine[None, None, None]]) -> bool:
        """False, and nothing started, while a piece of the same key is under way, or too many are."""
        if key in self._under_way or len(self._under_way) >= MOST:
            return False
        self._under_way[key] = asyncio.get_running_loop().create_task(self._run(key, work))
        return True

    async def finish(self) -> None:
        """Wait for what is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way.values())

    async def _run(self, key: Hashable, work: Callable[[], Coroutine[None, None, None]]) -> None:
        try:
            await work()
        except StorageUnavailable as unavailable:
            _log.warning("left undone in the background: %s", unavailable.reason)
        except Exception:  # noqa: BLE001 - nobody else would ever hear of it
            _log.exception("unexpected in the background")
        finally:
            del self._under_way[key]
