"""One thread, one epoll: each connection says its script, as fast as the server answers."""

import select
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from keyfob_bench.exchange import Answer, Script, WrongAnswer

_PATIENCE_S: Final = 10
_RECEIVED_AT_ONCE: Final = 65536
_STATUS: Final = slice(9, 12)
_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"\r\ncontent-length:"
_CHUNKED: Final = -1
_ENDS: Final = 2
"""Where `_framing` says that the connection does."""
_WITHOUT_BODY: Final = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Measured:
    """What was completed between the end of the warm-up and the end of the run."""

    seconds: float
    latencies: tuple[float, ...]
    """Seconds of each operation, shortest first."""
    completed: int = 0
    """All operations, those of the warm-up too: what the whole time was used for."""

    @property
    def rate(self) -> float:
        """Operations a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in seconds within which `share` (0 to 1) of the operations were answered."""
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)]


class _Connection:
    __slots__ = ("address", "answered", "begun", "completes", "receive", "received", "script", "send", "socket")

    def __init__(self, address: tuple[str, int], script: Script) -> None:
        self.address = address
        self.script = script
        self.answered = script.send
        self.received = b""
        self.completes = False
        self.begun = 0.0
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(self.address, timeout=_PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # a time limit of Python's would poll before each call; what is received is there, and the system ends a send
        self.socket.settimeout(None)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", _PATIENCE_S, 0))
        self.receive, self.send = self.socket.recv, self.socket.sendall

    def say(self, answer: Answer | None) -> None:
        """Send what comes next; the script sees the answer first, and raises WrongAnswer for a wrong one."""
        request, self.completes = next(self.script) if answer is None else self.answered(answer)
        self.send(request)


def drive(address: tuple[str, int], scripts: Sequence[Script], seconds: float, *, warm_up_s: float = 0.5) -> Measured:
    """Let every script speak on a connection of its own, each of its requests after the answer to the one before.

    Raises WrongAnswer when a script refuses an answer, the server ends one before its end, or none comes for ten
    seconds: such a run counts for nothing.
    """
    poll = select.epoll()
    connections: dict[int, _Connection] = {}
    latencies: list[float] = []
    completed = 0
    try:
        for script in scripts:
            _add(_Connection(address, script), connections, poll)
        now = time.perf_counter()
        counted_from = now + warm_up_s
        end = counted_from + seconds
        _begin(connections, now)
        while now < end:
            ready = poll.poll(_PATIENCE_S)
            if not ready:
                raise WrongAnswer(f"no answer for {_PATIENCE_S} seconds")
            for number, _ in ready:
                connection = connections[number]
                answer = _received(connection)
                if answer is None:
                    continue
                now = time.perf_counter()
                if connection.completes:
                    completed += 1
                    if counted_from <= now < end:
                        latencies.append(now - connection.begun)
                    connection.begun = now
                if _framing(answer.head)[_ENDS]:
                    _connect_again(connection, connections, poll)
                connection.say(answer)
    finally:
        poll.close()
        for connection in connections.values():
            connection.socket.close()
    return Measured(seconds, tuple(sorted(latencies)), completed)


def _add(connection: _Connection, connections: dict[int, _Connection], poll: select.epoll) -> None:
    connections[connection.socket.fileno()] = connection
    poll.register(connection.socket.fileno(), select.EPOLLIN)


def _begin(connections: dict[int, _Connection], now: float) -> None:
    for connection in connections.values():
        connection.begun = now
        connection.say(None)


def _connect_again(connection: _Connection, connections: dict[int, _Connection], poll: select.epoll) -> None:
    del connections[connection.socket.fileno()]
    poll.unregister(connection.socket.fileno())
    connection.socket.close()
    connection.connect()
    _add(connection, connections, poll)


def _received(connection: _Connection) -> Answer | None:
    """The answer once it is whole."""
    more = connection.receive(_RECEIVED_AT_ONCE)
    received = connection.received + more if connection.received else more
    answer = read_answer(received)
    if answer is None and not more:
        raise WrongAnswer(f"the connection ended in an answer: {received[:200]!r}")
    connection.received = received if answer is None else b""
    return answer


def read_answer(received: bytes) -> Answer | None:
    """The one answer that these bytes are; None when they do not hold all of it yet.

    Raises WrongAnswer for an answer whose end only the connection's end would show.
    """
    end = received.find(_END) + len(_END)
    if end < len(_END):
        return None
    head = received[:end]
    status, length, _ = _framing(head)
    if length == _CHUNKED:
        body = _unchunked(received, end)
        return None if body is None else Answer(status, head, body)
    if len(received) < end + length:
        return None
    return Answer(status, head, received[end : end + length])


# most servers say the same head for a second
@lru_cache(maxsize=1024)
def _framing(head: bytes) -> tuple[int, int, bool]:
    """The status code, the bytes of the body (RFC 9112 section 6), and whether the connection ends with it."""
    lower, status = head.lower(), int(head[_STATUS])
    ends = b"\r\nconnection: close\r\n" in lower
    if status in _WITHOUT_BODY:
        return status, 0, ends
    at = lower.find(_LENGTH)
    if at >= 0:
        at += len(_LENGTH)
        return status, int(lower[at : lower.index(b"\r\n", at)]), ends
    if b"\r\ntransfer-encoding: chunked" not in lower:
        raise WrongAnswer(f"an answer without a length: {head!r}")
    return status, _CHUNKED, ends


def _unchunked(received: bytes, at: int) -> bytes | None:
    """RFC 9112 section 7.1, without trailers; None when the last chunk is not here."""
    body = b""
    while (line := received.find(b"\r\n", at)) >= 0:
        size = int(received[at:line].partition(b";")[0], 16)
        start = line + 2
        if len(received) < start + size + 2:
            return None
        if size == 0:
            return body
        body += received[start : start + size]
        at = start + size + 2
    return None
