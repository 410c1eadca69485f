"""A proxy on the way to a server: the server does what it was asked, and some of its answers never arrive."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
PATIENCE_S = 60


@dataclass
class LossyProxy:
    port: int
    lost: int = 0
    """Answers that the server gave and nobody got."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def lossy_proxy(server_port: int, *, lose: int) -> Iterator[LossyProxy]:
    """One request a connection, one connection after the other; the first `lose` answers are dropped."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = LossyProxy(listener.getsockname()[1])
        thread = Thread(target=_serve, args=(listener, proxy, server_port, lose))
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket, proxy: LossyProxy, server_port: int, lose: int) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            request = _message(connection)
            with socket.create_connection(("127.0.0.1", server_port), timeout=PATIENCE_S) as server:
                server.sendall(request)
                answer = _message(server)
            if proxy.lost < lose:
                proxy.lost += 1
                continue
            connection.sendall(answer)


def _message(connection: socket.socket) -> bytes:
    """Head and body, as far as they come."""
    message = b""
    while b"\r\n\r\n" not in message and (chunk := connection.recv(65536)):
        message += chunk
    head, _, body = message.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    missing = (int(length[1]) if length else 0) - len(body)
    while missing > 0 and (chunk := connection.recv(65536)):
        message += chunk
        missing -= len(chunk)
    return message
