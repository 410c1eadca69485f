"""One connection of a client: what it may send, and for how long, before anything of ours looks at it."""

import asyncio
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from keyfob_server.web.direct import DirectExchange, PlainApp, begin, is_plain
from keyfob_server.web.flow import InTurn
from keyfob_server.web.headers import security_headers

_log = logging.getLogger(__name__)

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

    flow: InTurn
    _in_head = True
    _begun = False
    """Something of a request was sent."""
    _in_answer = False
    """From a complete head to the end of the answer to the last request."""
    _received = 0
    """Bytes of the head or of the body, without those that came together with its beginning."""
    _due: float | None = None
    """When what was begun must have ended, by the event loop's clock; None: nothing was begun."""
    _idle_until: float | None = None
    """When a connection ends on which nothing more was begun; None: something is under way."""
    _timer: asyncio.TimerHandle | None = None
    """Looks at both when it fires: to start one for each request and to cancel it would cost more than that."""
    _direct: DirectExchange | None = None
    """The request whose body is read, when it is one for the plain endpoints."""
    _may_answer_at_once = True
    """One of each piece that is read: a hundred requests in one would keep all other connections waiting."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        drain: Drain,
        plain: PlainApp | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state)
        self._drain = drain
        self._plain = plain

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn declares it
        super().connection_made(transport)
        self.flow = InTurn(transport, self.pipeline, self._hear)
        self._expect_more()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._begun = True
        self._idle_until = None
        self._expect_more()
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        self._direct = self._for_the_plain_endpoints()
        if self._direct is None:
            url, headers, expects = self.url, self.headers, self.expect_100_continue
            super().on_message_begin()
            self.url, self.expect_100_continue = url, expects
            self.headers += headers
            # Raises for a target that is no address, such as CONNECT has; the head is as bad as one that does not end.
            super().on_headers_complete()
            # the scope has that list: what stands behind a body is none of the head (RFC 9110 section 6.5.1)
            self.headers = []
        else:
            self._queue(self._direct)
        self._in_head, self._in_answer, self._received, self._idle_until = False, True, 0, None
        if self._drain.on:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        if self._direct is None:
            super().on_body(body)
        else:
            self._direct.body += body

    def on_message_complete(self) -> None:
        self._in_head, self._begun, self._received, self._due = True, False, 0, None
        if self._direct is None:
            super().on_message_complete()
        else:
            self._direct.more_body = False
            if self._direct.turn:
                self._start(self._direct)

    def on_response_complete(self) -> None:
        """In uvicorn's place, which starts and cancels a timer for each request."""
        self.server_state.total_requests += 1
        following = self.pipeline.pop() if self.pipeline else None
        self._in_answer = following is not None
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if following is not None:
            self._start_asgi_task(*following)
        else:
            self._idle_until = self.loop.time() + self.timeout_keep_alive

    def _for_the_plain_endpoints(self) -> DirectExchange | None:
        """None for what goes by ASGI: pages, and whatever is not as plain as it can be."""
        path, _, query = self.url.partition(b"?")
        found = self._plain.plain_route(path) if self._plain else None
        if self._plain is None or found is None or b"#" in query:
            return None
        if self.parser.get_http_version() != "1.1" or not is_plain(self.headers):
            return None
        scope = {
            "method": self.parser.get_method().decode("ascii"),
            "raw_path": path,
            "query_string": query,
            "headers": self.headers,
            "client": self.client,
        }
        return DirectExchange(self._plain, found, scope, keep_alive=self.parser.should_keep_alive())

    def _queue(self, exchange: DirectExchange) -> None:
        before: Any = self.cycle
        self.cycle = exchange  # type: ignore[assignment] # see there
        if before is None or before.response_complete:
            exchange.turn = True
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((exchange, self.app))  # type: ignore[arg-type]

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:  # noqa: ANN401 - of uvicorn's, or of ours
        if isinstance(cycle, DirectExchange):
            cycle.turn = True
            if not cycle.more_body:
                self._start(cycle)
        elif not self.transport.is_closing():
            super()._start_asgi_task(cycle, app)

    def _start(self, exchange: DirectExchange) -> None:
        if self.transport.is_closing():
            # behind the last answer no request is heard (RFC 9112 section 9.6): its sender asks again elsewhere
            return
        at_once, self._may_answer_at_once = exchange.found.at_once and self._may_answer_at_once, False
        begun = begin(self._answer(exchange), at_once=at_once, loop=self.loop)
        if begun is not None:
            begun.add_done_callback(self.tasks.discard)
            self.tasks.add(begun)

    async def _answer(self, exchange: DirectExchange) -> None:
        try:
            response = await exchange.answer()
            if self.flow.write_paused and not exchange.disconnected:
                await self.flow.drain()
            if exchange.disconnected or self.transport.is_closing():
                return
            exchange.response_started = exchange.response_complete = True
            self.transport.write(exchange.written(response, self.server_state.default_headers))
        except Exception:  # noqa: BLE001 - an answer that cannot be written: nothing more can be said of it
            _log.exception("unexpected")
            self.transport.close()
            return
        if not exchange.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def data_received(self, data: bytes) -> None:
        self._may_answer_at_once = True
        self.flow.take(data)

    def _hear(self, data: bytes) -> None:
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
        now = self.loop.time()
        if self._due is not None and self._due <= now:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        elif self._idle_until is not None and self._idle_until <= now:
            self.transport.close()
        else:
            # never later than what may begin in a moment is due
            ends = [end for end in (self._due, self._idle_until, now + READ_S) if end is not None]
            self._timer = self.loop.call_at(min(ends), self._look_at_the_clock)

    def _refuse(self, status: HTTPStatus) -> None:
        """Close; say why where an answer is still due."""
        if self.transport.is_closing():
            return
        in_body = not self._in_head
        answer_due = in_body and not self.cycle.response_started if self._in_answer else self._begun and not in_body
        # what waits for its turn has no answer before those in front of it have theirs
        if answer_due and not self.pipeline:
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
