"""Structured logs of the whole process, whoever writes them."""

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from typing import TextIO

from keyfob_server.observability.handler import LineHandler
from keyfob_server.observability.lines import line_of
from keyfob_server.observability.redaction import redact_text

MAX_TRACE_LINES = 40

_TALKATIVE = ("asyncio", "httpcore", "httpx", "multipart", "sqlalchemy")
_UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.asgi")


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send every log line of the process to `stream` (standard error by default); `level` is a name like `INFO`.

    Uvicorn has to be started with `log_config=None`: its lines then come here too, but for its access log, whose
    addresses hold codes. Raises ValueError for a level that there is none of.
    """
    handler = LineHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.setLevel(level.upper())
    root.handlers[:] = [handler]
    for name in _TALKATIVE:
        # They tell of addresses and headers below this level.
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _UVICORN:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
    logging.captureWarnings(capture=True)
    # No line names them, and each is asked of the system anew for every record.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # A handler that fails prints the record with its arguments, past every redaction.
    logging.raiseExceptions = False


class JsonFormatter(logging.Formatter):
    """Facts come by `extra={"facts": {...}}`; what else hangs on a record is not written. Never raises."""

    def format(self, record: logging.LogRecord) -> str:
        origin = record.created, record.levelname.lower(), record.name
        try:
            facts: object = getattr(record, "facts", None)
            named = facts if isinstance(facts, Mapping) else {}
            return line_of(*origin, record.getMessage(), named, exception=_exception_of(record))
        except Exception as error:  # noqa: BLE001 - a line that cannot be written must not fail the request
            return line_of(*origin, f"log record could not be written: {type(error).__name__}", {})


def _exception_of(record: logging.LogRecord) -> str:
    if record.exc_info is None or record.exc_info[0] is None:
        return ""
    return json.dumps(_exception(record.exc_info[1]), ensure_ascii=True, allow_nan=False)


def _exception(error: BaseException | None) -> dict[str, object]:
    """The last lines of the traceback, where the fault is; no values of variables."""
    lines = "".join(traceback.format_exception(error)).splitlines()
    return {"type": type(error).__name__, "trace": [redact_text(line) for line in lines[-MAX_TRACE_LINES:]]}
