import logging
import time

from keyfob_server.observability.handler import LineHandler
from keyfob_server.observability.lines import line_of

_logger = logging.getLogger("keyfob.events")


class LogEvents:
    """Events become log lines."""

    def emit(self, name: str, **facts: str | int | bool | None) -> None:
        """One or two come with every request: our own handler gets the line, and no record is made for it."""
        if not _logger.isEnabledFor(logging.INFO):
            return
        record = None
        for handler in logging.root.handlers:
            if isinstance(handler, LineHandler):
                handler.put(line_of(time.time(), "info", _logger.name, name, facts))
            else:
                record = record or _record(name, facts)
                handler.handle(record)


def _record(name: str, facts: dict[str, str | int | bool | None]) -> logging.LogRecord:
    record = logging.LogRecord(_logger.name, logging.INFO, "", 0, name, None, None)
    record.facts = facts
    return record
