"""The two listeners in one process: bind first, serve both, stop without dropping a request."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from keyfob_server.web import tls
from keyfob_server.web.app import PublicApp
from keyfob_server.web.asgi import AsgiApp
from keyfob_server.web.connection import BoundedConnection, Drain
from keyfob_server.web.direct import PlainApp
from keyfob_server.web.tls import LiveCertificate

_FINISH_S: Final = 10
_KEEP_ALIVE_S: Final = 30
_BACKLOG: Final = 2048


class PortUnusable(Exception):
    """One line: which address, and why."""


def bind(host: str, port: int) -> socket.socket:
    """A listening TCP socket; raises PortUnusable."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            bound.listen(_BACKLOG)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise PortUnusable(f"cannot listen on {host} port {port}: {error.strerror or error}") from None
    bound.setblocking(False)  # noqa: FBT003 - the socket module's own form
    return bound


class _Server(uvicorn.Server):
    """Signals belong to the process, not to one of its listeners."""

    def __init__(
        self, config: uvicorn.Config, certificate: LiveCertificate | None, drain: Drain, plain: PlainApp | None
    ) -> None:
        super().__init__(config)
        self._plain = plain
        self.ready = asyncio.Event()
        self._certificate = certificate
        self._drain = drain

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """In uvicorn's place, which has no option for how long a handshake may take."""
        loop = asyncio.get_running_loop()
        secured = self._certificate is not None
        self.servers = [
            await loop.create_server(
                self._connection,
                sock=bound,
                backlog=_BACKLOG,
                ssl=self._certificate.context if self._certificate else None,
                ssl_handshake_timeout=tls.HANDSHAKE_S if secured else None,
                ssl_shutdown_timeout=tls.GOODBYE_S if secured else None,
            )
            for bound in sockets or ()
        ]
        self.started = True
        self.ready.set()

    def _connection(self) -> BoundedConnection:
        return BoundedConnection(
            self.config, self.server_state, self.lifespan.state, drain=self._drain, plain=self._plain
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(app: AsgiApp, certificate: LiveCertificate | None, drain: Drain) -> _Server:
    config = uvicorn.Config(
        app,
        http=BoundedConnection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_FINISH_S,
    )
    # what was put around a public app has something to do with every answer
    return _Server(config, certificate, drain, app if isinstance(app, PublicApp) else None)


class Listeners:
    """Serves until SIGTERM or SIGINT: first not ready, then the drain, then finish what is under way, then stop.

    In the drain, `drain_s` long, requests are answered as before, and every answer is the last on its connection. A
    second signal ends the drain, a third waits for nothing. With a certificate both speak TLS, and nothing else.
    """

    def __init__(
        self,
        public: tuple[AsgiApp, socket.socket],
        admin: tuple[AsgiApp, socket.socket],
        certificate: LiveCertificate | None = None,
        *,
        drain_s: int = 0,
    ) -> None:
        self._sockets = (public[1], admin[1])
        self._certificate = certificate
        self._drain, self._drain_s = Drain(), drain_s
        self._servers = tuple(_server(app, certificate, self._drain) for app, _ in (public, admin))

    async def serve(self, *, on_ready: Callable[[], None], on_stopping: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()

        def end() -> None:
            self._servers[0].should_exit = True

        def stop() -> None:
            if self._servers[0].should_exit:
                self._servers[0].force_exit = self._servers[1].force_exit = True
            elif self._drain.on or not self._drain_s:
                end()
            else:
                loop.call_later(self._drain_s, end)
            self._drain.on = True
            on_stopping()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        public, admin = (
            asyncio.create_task(server.serve(sockets=[bound]))
            for server, bound in zip(self._servers, self._sockets, strict=True)
        )
        beside = [asyncio.create_task(self._announce(on_ready))]
        if self._certificate is not None:
            beside.append(asyncio.create_task(self._certificate.watch()))
        await public
        self._servers[1].should_exit = True
        await admin
        for task in beside:
            task.cancel()

    async def _announce(self, on_ready: Callable[[], None]) -> None:
        for server in self._servers:
            await server.ready.wait()
        on_ready()
