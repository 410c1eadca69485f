"""Where log lines go: those of one turn of the event loop are written together."""

import asyncio
import logging
from typing import TextIO


class LineHandler(logging.StreamHandler[TextIO]):
    """A warning, and whatever is said outside of an event loop, is written at once, behind all that waits."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._waiting: list[str] = []
        self._promised: asyncio.AbstractEventLoop | None = None
        """The event loop that was asked to write what waits."""

    def emit(self, record: logging.LogRecord) -> None:
        self.put(self.format(record), at_once=record.levelno >= logging.WARNING)

    def put(self, line: str, *, at_once: bool = False) -> None:
        """Never raises."""
        loop = None if at_once else _running_loop()
        self.acquire()
        try:
            self._waiting.append(line)
            if loop is not None and loop is self._promised:
                return
            self._promised = loop
        finally:
            self.release()
        if loop is None:
            self.flush()
        else:
            loop.call_soon(self.flush)

    def flush(self) -> None:
        self.acquire()
        try:
            waiting, self._waiting, self._promised = self._waiting, [], None
            if waiting:
                self.stream.write("\n".join((*waiting, "")))
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
