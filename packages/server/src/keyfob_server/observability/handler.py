"""Where log lines go: those of one turn of the event loop are written together."""

import asyncio
import logging
from collections import deque
from typing import TextIO


class LineHandler(logging.StreamHandler[TextIO]):
    """A warning, and whatever is said outside of an event loop, is written at once, behind all that waits."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        # one for good: what another thread appends while it is emptied is either written or still there
        self._waiting: deque[str] = deque()
        self._promised: asyncio.AbstractEventLoop | None = None
        """The event loop that was asked to write what waits."""

    def emit(self, record: logging.LogRecord) -> None:
        self.put(self.format(record), at_once=record.levelno >= logging.WARNING)

    def put(self, line: str, *, at_once: bool = False) -> None:
        """Never raises."""
        loop = None if at_once else _running_loop()
        self._waiting.append(line)
        if loop is None:
            self.flush()
        elif loop is not self._promised:
            self._promised = loop
            loop.call_soon(self.flush)

    def flush(self) -> None:
        self.acquire()
        try:
            self._promised = None
            lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if lines:
                self.stream.write("\n".join((*lines, "")))
                self.stream.flush()
        except (OSError, ValueError):
            # A log that cannot be written must not fail a request.
            return
        finally:
            self.release()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
