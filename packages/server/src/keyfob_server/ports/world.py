"""Clock, random bytes and events."""

from contextvars import ContextVar
from typing import Protocol

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request being answered; every log line carries it."""


class Clock(Protocol):
    def now(self) -> int:
        """Epoch seconds of this node; for logs and for what no row decides."""
        ...


class Entropy(Protocol):
    def bytes(self, count: int) -> bytes: ...

    def uuid7(self) -> str:
        """A new UUIDv7 (RFC 9562 section 5.7), lower case."""
        ...


class Events(Protocol):
    def emit(self, name: str, **facts: str | int | bool | None) -> None:
        """Record what happened; facts never hold a secret."""
        ...
