import logging

_logger = logging.getLogger("keyfob.events")


class LogEvents:
    """Events become log lines."""

    def emit(self, name: str, **facts: str | int | bool | None) -> None:
        # Two of these come with every request: `Logger.info` would first walk the stack for a place that no line names.
        if _logger.isEnabledFor(logging.INFO):
            record = logging.LogRecord(_logger.name, logging.INFO, "", 0, name, None, None)
            record.facts = facts
            _logger.handle(record)
