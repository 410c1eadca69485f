"""Receives the redirect on the loopback interface (RFC 8252 section 7.3).

Bound to 127.0.0.1 alone, on a port that the system picks, for one answer and a limited time. Browsers open connections
that they never use and ask for icons, so several connections are read side by side and anything that is not the
redirect is refused without ending the wait.
"""

import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self

from keyfob_client.errors import AuthorizationCancelled, InvalidConfiguration
from keyfob_client.redirects.landing_page import landing_page, refusal
from keyfob_protocol.uris import split_uri

ADDRESS = "127.0.0.1"
MAX_REQUEST_BYTES = 16 * 1024
MAX_CONNECTIONS = 16
DEFAULT_TIMEOUT_S = 300.0
ANSWER_TIMEOUT_S = 2.0
_CHUNK = 4096


def loopback_redirect_uri(uri: str) -> str:
    """The loopback URI that stands for the configured redirect URI `uri` where no private-use scheme can be caught.

    It keeps the path and has no port: registered like this it matches any port (RFC 8252 section 7.3).
    `io.curity.dcrclient:/callback` becomes `http://127.0.0.1/callback`. Raises InvalidConfiguration.
    """
    parts = split_uri(uri)
    if parts is None or not parts.path.startswith("/"):
        raise InvalidConfiguration("A redirect URI of the configuration has no path.", stage="configuration")
    return f"http://{ADDRESS}{parts.path}"


@dataclass(slots=True, eq=False)
class _Connection:
    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)


class LoopbackReceiver:
    """Listens from its making until `wait` returned or `close` was called; a context manager.

    `registered` is a URI of `loopback_redirect_uri`; `redirect_uri` is the same with the port that is listened on.
    """

    def __init__(self, registered: str) -> None:
        base = f"http://{ADDRESS}/"
        if not registered.startswith(base) or "?" in registered or "#" in registered:
            raise ValueError(f"a loopback redirect URI is {base} and a path, with neither query nor fragment")
        self._path = registered.removeprefix(base[:-1])
        self._listener = socket.create_server((ADDRESS, 0), backlog=MAX_CONNECTIONS)
        self._listener.settimeout(0)
        self.port: int = self._listener.getsockname()[1]
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._connections: list[_Connection] = []

    @property
    def redirect_uri(self) -> str:
        return f"http://{ADDRESS}:{self.port}{self._path}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops listening. May be called twice."""
        for connection in self._connections:
            connection.socket.close()
        self._connections.clear()
        for each in (self._listener, self._wake_reader, self._wake_writer):
            each.close()

    def cancel(self) -> None:
        """Ends a `wait` in another thread with AuthorizationCancelled."""
        with suppress(OSError):  # the wait is over already
            self._wake_writer.send(b"\0")

    def wait(self, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> str:
        """The redirect as an absolute URI, after which nothing listens any more.

        Raises AuthorizationCancelled when the time is over or `cancel` was called.
        """
        deadline = time.monotonic() + timeout_s
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._listener, selectors.EVENT_READ)
                selector.register(self._wake_reader, selectors.EVENT_READ)
                while (left := deadline - time.monotonic()) > 0:
                    for key, _ in selector.select(left):
                        target = self._serve(selector, key)
                        if target is not None:
                            return f"http://{ADDRESS}:{self.port}{target}"
        finally:
            self.close()
        raise AuthorizationCancelled("No answer came from the browser in time.", stage="authorization_response")

    def _serve(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> str | None:
        if key.fileobj is self._wake_reader:
            raise AuthorizationCancelled("The step in the browser was cancelled.", stage="authorization_response")
        if key.fileobj is self._listener:
            self._accept(selector)
            return None
        connection: _Connection = key.data
        if connection not in self._connections:
            return None  # made room for another one meanwhile
        try:
            chunk = connection.socket.recv(_CHUNK)
        except OSError:
            chunk = b""
        connection.received += chunk
        complete = b"\r\n\r\n" in connection.received
        if chunk and not complete and len(connection.received) <= MAX_REQUEST_BYTES:
            return None
        selector.unregister(connection.socket)
        self._connections.remove(connection)
        if complete:
            return self._answer(connection)
        connection.socket.close()
        return None

    def _accept(self, selector: selectors.BaseSelector) -> None:
        try:
            accepted, _ = self._listener.accept()
        except OSError:  # the peer has gone again
            return
        if len(self._connections) >= MAX_CONNECTIONS:
            # The oldest goes: idle ones must not keep the browser's answer out.
            oldest = self._connections.pop(0)
            selector.unregister(oldest.socket)
            oldest.socket.close()
        accepted.settimeout(0)
        connection = _Connection(accepted)
        self._connections.append(connection)
        selector.register(accepted, selectors.EVENT_READ, connection)

    def _answer(self, connection: _Connection) -> str | None:
        """Says the right thing to the browser; the request's target when it is the redirect."""
        verdict = self._judge(bytes(connection.received))
        with connection.socket as answering:
            answering.settimeout(ANSWER_TIMEOUT_S)
            with suppress(OSError):  # the browser does not wait for the page; the redirect counts all the same
                answering.sendall(landing_page() if isinstance(verdict, str) else refusal(verdict))
                answering.shutdown(socket.SHUT_WR)
        return verdict if isinstance(verdict, str) else None

    def _judge(self, request: bytes) -> str | HTTPStatus:
        head = request.partition(b"\r\n\r\n")[0]
        try:
            first, *lines = head.decode("ascii").split("\r\n")
            method, target, version = first.split(" ")
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        hosts = [value.strip() for name, _, value in (line.partition(":") for line in lines) if name.lower() == "host"]
        path, _, query = target.partition("?")
        if not version.startswith("HTTP/1."):
            return HTTPStatus.BAD_REQUEST
        if hosts != [f"{ADDRESS}:{self.port}"]:
            # Another name for this address means that somebody's page reaches in by DNS.
            return HTTPStatus.MISDIRECTED_REQUEST
        if path != self._path or not query:
            return HTTPStatus.NOT_FOUND
        if method != "GET":
            return HTTPStatus.METHOD_NOT_ALLOWED
        return target
