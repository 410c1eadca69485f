"""The client that a request was proved to come from, noted for what is decided after its answer, also of a refusal."""

from contextvars import ContextVar

from keyfob_server.rules.records import Client

_ORIGINS: ContextVar[tuple[str, ...]] = ContextVar("caller_origins", default=())


def note_caller(client: Client | None) -> None:
    """Called where a client was authenticated, or a token of its own was opened; None forgets an earlier one."""
    _ORIGINS.set(client.settings.cors_origins if client else ())


def caller_origins() -> tuple[str, ...]:
    """The origins whose pages may read answers to that client."""
    return _ORIGINS.get()
