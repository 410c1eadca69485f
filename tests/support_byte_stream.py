"""HTTP to a server process in exactly the bytes that a test gives, over a real socket."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE_S = 30


@dataclass(frozen=True, slots=True)
class RawAnswer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Connection:
    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer
        self._read = b""

    def send(self, data: bytes) -> None:
        self._peer.sendall(data)

    def answer(self) -> RawAnswer:
        """The next answer; AssertionError when the connection is closed before it is complete."""
        head, _, self._read = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(self._read) < length:
            assert self._more(), "the body is cut off"
        body, self._read = self._read[:length], self._read[length:]
        return RawAnswer(int(status_line.split()[1]), headers, body)

    def is_closed(self) -> bool:
        """Wait for the other end to close; False when it says something instead."""
        try:
            return not self._read and self._peer.recv(1) == b""
        except ConnectionResetError:
            return True

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._read:
            assert self._more(), f"closed after {self._read!r}"
        return self._read

    def _more(self) -> bool:
        chunk = self._peer.recv(65536)
        self._read += chunk
        return bool(chunk)


@contextmanager
def connected(base_url: str) -> Iterator[Connection]:
    parts = urlsplit(base_url)
    assert parts.hostname
    assert parts.port
    with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_S) as peer:
        yield Connection(peer)


def ask(base_url: str, data: bytes) -> RawAnswer:
    """One answer, on a connection of its own."""
    with connected(base_url) as connection:
        connection.send(data)
        return connection.answer()


def request(method: str, target: bytes | str, *headers: str, body: bytes = b"") -> bytes:
    """The bytes of a request; `target` stands on the request line as it is."""
    encoded = target if isinstance(target, bytes) else target.encode()
    length = (f"Content-Length: {len(body)}",) if body or method == "POST" else ()
    lines = "\r\n".join(("Host: 127.0.0.1", *headers, *length))
    return b"%s %s HTTP/1.1\r\n%s\r\n\r\n%s" % (method.encode(), encoded, lines.encode("latin-1"), body)
