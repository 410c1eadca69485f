import io
import logging
from collections.abc import Iterator

import pytest

from keyfob_server.observability.logging import configure_logging


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Logs at DEBUG; the process's logging is afterwards what it was."""
    root = logging.getLogger()
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    access = logging.getLogger("uvicorn.access")
    stream = io.StringIO()
    configure_logging("DEBUG", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.raiseExceptions = raising
    logging.captureWarnings(capture=False)
    access.propagate = True
