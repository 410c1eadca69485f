"""The id that joins an answer, its error page and its log lines."""

from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def bind_request_id(request_id: str) -> None:
    """From here on every log line of this task, and of the tasks and threads that it starts by asyncio, carries it."""
    _request_id.set(request_id)


def current_request_id() -> str:
    """Empty outside of a request."""
    return _request_id.get()
