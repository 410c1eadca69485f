"""A peer that says exactly the bytes that a test gives it, to one connection after the other, over a real socket."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

Say = Callable[[socket.socket], None]


@dataclass
class RawPeer:
    port: int
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


def saying(answer: bytes) -> Say:
    return lambda connection: connection.sendall(answer)


@contextmanager
def raw_peer(say: Say) -> Iterator[RawPeer]:
    """Reads each request up to its blank line, says its answer, closes the connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = RawPeer(listener.getsockname()[1])
        thread = Thread(target=_serve, args=(listener, peer, say))
        thread.start()
        try:
            yield peer
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket, peer: RawPeer, say: Say) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request and (chunk := connection.recv(65536)):
                request += chunk
            peer.requests.append(request)
            say(connection)
