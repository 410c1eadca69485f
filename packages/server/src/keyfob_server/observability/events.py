import logging

_logger = logging.getLogger("keyfob.events")


class LogEvents:
    """Events become log lines."""

    def emit(self, name: str, **facts: str | int | bool | None) -> None:
        _logger.info(name, extra={"facts": facts})
