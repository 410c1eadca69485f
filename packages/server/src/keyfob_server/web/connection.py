"""One connection of a client: what it may send, and for how long, before anything of ours looks at it."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from keyfob_server.web.headers import security_headers

MAX_HEAD_BYTES: Final = 65536
"""What may come before a request's head is complete; the exact limits are checked once it is."""

MAX_BODY_BYTES: Final = 1_048_576
"""What is read of a body that nobody wanted, so that its sender gets to read the refusal."""

READ_S: Final = 10.0
"""From the first byte of a request, or from the connection's beginning, to the request's last byte."""


@dataclass(slots=True)
class Drain:
    """Shared by the connections of a server."""

    on: bool = False
    """The next answer is the last on its connection, and says so: a client then comes again, to another server."""


class BoundedConnection(HttpToolsProtocol):
    """Refuses a request that does not end, before it fills the memory or holds the connection for ever."""

    _in_head = True
    _begun = False
    """Something of a request was sent."""
    _in_answer = False
    """From a complete head to the end of its answer."""
    _received = 0
    """Bytes of the head or of the body, without those that came together with its beginning."""
    _due: float | None = None
    """When what was begun must have ended, by the event loop's clock; None: nothing was begun."""
    _timer: asyncio.TimerHandle | None = None
    """Looks at `_due` when it fires: to start one for each request and to cancel it would cost more than that."""

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any], *, drain: Drain) -> None:
        super().__init__(config, server_state, app_state)
        self._drain = drain

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn declares it
        super().connection_made(transport)
        self._expect_more()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._begun = True
        self._expect_more()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        # Raises for a target that is no address, such as CONNECT has; the head is then as bad as one that does not end.
        super().on_headers_complete()
        self._in_head, self._in_answer, self._received = False, True, 0
        if self._drain.on:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._in_head, self._begun, self._received, self._due = True, False, 0, None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._in_answer = False
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        super().data_received(data)
        if self._in_head and self._received > MAX_HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._received > MAX_BODY_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words are not for clients
        self._begun = True
        self._refuse(HTTPStatus.BAD_REQUEST)

    def _expect_more(self) -> None:
        if self._due is None:
            self._due = self.loop.time() + READ_S
            self._timer = self._timer or self.loop.call_at(self._due, self._look_at_the_clock)

    def _look_at_the_clock(self) -> None:
        if self._due is None:
            self._timer = None
        elif self._due > self.loop.time():
            self._timer = self.loop.call_at(self._due, self._look_at_the_clock)
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, status: HTTPStatus) -> None:
        """Close; say why where an answer is still due."""
        if self.transport.is_closing():
            return
        in_body = not self._in_head
        answer_due = in_body and not self.cycle.response_started if self._in_answer else self._begun and not in_body
        if answer_due:
            self.transport.write(_refusal(status))
        self.transport.close()


def _refusal(status: HTTPStatus) -> bytes:
    headers = {
        "Content-Length": "0",
        "Connection": "close",
        "Cache-Control": "no-store",
        **dict(security_headers(https=False)),
    }
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
