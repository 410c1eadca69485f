"""The way of a plain request from its connection to its endpoint and back, without ASGI messages between them."""

import asyncio
import contextvars
import types
from collections.abc import Coroutine, Generator, Iterable
from typing import Any, Final, Protocol

from keyfob_server.web.asgi import Message, Receive, Scope
from keyfob_server.web.limits import WHOLE_BODY
from keyfob_server.web.routes import FoundRoute
from keyfob_server.web.write import Response, written

_MAX_BODY_BYTES: Final = 65536
"""Of a request that is read whole before its endpoint is asked; a larger one is for ASGI, where it is refused early."""
_LENGTH_DIGITS: Final = 5
_OF_THE_CONNECTION: Final = (b"transfer-encoding", b"expect", b"upgrade")


class PlainApp(Protocol):
    """What the connection asks of the public app."""

    def plain_route(self, path: bytes) -> FoundRoute | None: ...

    async def plain_answer(self, found: FoundRoute, scope: Scope, receive: Receive) -> Response:
        """Never raises."""
        ...


class DirectExchange:
    """A request and its answer. It stands where uvicorn has its RequestResponseCycle, and has what is asked of that."""

    __slots__ = (
        "app",
        "body",
        "disconnected",
        "found",
        "keep_alive",
        "more_body",
        "response_complete",
        "response_started",
        "scope",
        "turn",
    )

    def __init__(self, app: PlainApp, found: FoundRoute, scope: Scope, *, keep_alive: bool) -> None:
        self.app = app
        self.found = found
        self.scope = scope
        self.keep_alive = keep_alive
        self.body = b""
        self.more_body = True
        self.turn = False
        """Whether the exchanges before it on the connection are over."""
        self.disconnected = False
        self.response_started = False
        self.response_complete = False

    @property
    def message_event(self) -> "DirectExchange":
        return self

    def set(self) -> None:
        """Nobody waits: the endpoint is asked when all is there."""

    async def receive(self) -> Message:
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def answer(self) -> Response:
        """When all of the request is there."""
        self.scope[WHOLE_BODY] = self.body
        return await self.app.plain_answer(self.found, self.scope, self.receive)

    def written(self, response: Response, last: Iterable[tuple[bytes, bytes]]) -> bytes:
        """With the headers `last` behind what the answer says. Raises ValueError."""
        return written(response, last, head_only=self.scope["method"] == "HEAD", close=not self.keep_alive)


def is_plain(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the body, if there is one, has a small length, and nothing is asked of the connection itself."""
    named = dict(headers)
    for name in _OF_THE_CONNECTION:
        if name in named:
            return False
    length = named.get(b"content-length", b"0")
    return len(length) <= _LENGTH_DIGITS and length.isdigit() and int(length) <= _MAX_BODY_BYTES


def begin(
    work: Coroutine[Any, None, None], *, at_once: bool, loop: asyncio.AbstractEventLoop
) -> asyncio.Task[None] | None:
    """Do the work; the task that does what is left of it, None when nothing is.

    `at_once`: up to where it first waits it needs no task, so that one which never waits is spared it. Nothing on that
    way may ask which task it is in, as `asyncio.timeout` does.
    """
    if not at_once:
        return loop.create_task(work)
    context = contextvars.copy_context()
    try:
        waited_for = context.run(work.send, None)
    except StopIteration:
        return None
    return loop.create_task(_rest(work, _let_go(waited_for)), context=context)


def _let_go(waited_for: object) -> object:
    """Until it is asked for anew, others may ask for it too."""
    if asyncio.isfuture(waited_for):
        waited_for._asyncio_future_blocking = False  # noqa: SLF001 - as whoever drives a coroutine has to do
    return waited_for


@types.coroutine
def _rest(work: Coroutine[Any, None, None], waited_for: object) -> Generator[Any, Any, None]:
    """What a task does as if it had begun the work itself: wait for that, and go on."""
    try:
        if asyncio.isfuture(waited_for):
            yield from waited_for
        else:
            yield waited_for
    except BaseException as error:  # noqa: BLE001 - a cancellation too is the work's own matter
        try:
            waited_for = work.throw(error)
        except StopIteration:
            return
        yield from _rest(work, _let_go(waited_for))
    else:
        yield from work
