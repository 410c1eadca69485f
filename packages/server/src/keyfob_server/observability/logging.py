"""Structured logs: one JSON object a line, in ASCII, so that no log line can fake another or steer a terminal."""

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TextIO

from keyfob_server.observability.redaction import MAX_NAME, redact_fact, redact_text
from keyfob_server.ports.world import REQUEST_ID

MAX_FACTS = 32
MAX_TRACE_LINES = 40

_TALKATIVE = ("asyncio", "httpcore", "httpx", "multipart", "sqlalchemy")
_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode
_UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.asgi")


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send every log line of the process to `stream` (standard error by default); `level` is a name like `INFO`.

    Uvicorn has to be started with `log_config=None`: its lines then come here too, but for its access log, whose
    addresses hold codes. Raises ValueError for a level that there is none of.
    """
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
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
    """`time level logger event`, and `request_id facts exception` when there are any. Never raises.

    Facts come by `extra={"facts": {...}}`; what else hangs on a record is not written.
    """

    def format(self, record: logging.LogRecord) -> str:
        try:
            members = _members(record)
        except Exception as error:  # noqa: BLE001 - a line that cannot be written must not fail the request
            members = _head(record) | {"event": "log record could not be written", "because": type(error).__name__}
        # Everything that is not printable ASCII leaves as an escape, DEL and lone surrogates too.
        return _encode(members)


def _head(record: logging.LogRecord) -> dict[str, object]:
    return {
        "time": f"{_second(int(record.created))}.{int(record.created * 1000) % 1000:03d}Z",
        "level": record.levelname.lower(),
        "logger": record.name[:MAX_NAME],
    }


@lru_cache(maxsize=2)
def _second(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _members(record: logging.LogRecord) -> dict[str, object]:
    members = _head(record)
    members["event"] = redact_text(record.getMessage())
    request_id = REQUEST_ID.get()
    if request_id:
        members["request_id"] = request_id[:MAX_NAME]
    facts: object = getattr(record, "facts", None)
    if isinstance(facts, Mapping) and facts:
        first = list(facts.items())[:MAX_FACTS]
        members["facts"] = {str(name)[:MAX_NAME]: redact_fact(str(name), value) for name, value in first}
    if record.exc_info is not None and record.exc_info[0] is not None:
        members["exception"] = _exception(record.exc_info[1])
    return members


def _exception(error: BaseException | None) -> dict[str, object]:
    """The last lines of the traceback, where the fault is; no values of variables."""
    lines = "".join(traceback.format_exception(error)).splitlines()
    return {"type": type(error).__name__, "trace": [redact_text(line) for line in lines[-MAX_TRACE_LINES:]]}
