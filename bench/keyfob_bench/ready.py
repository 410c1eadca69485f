"""The least that can answer: bytes that are ready, said as soon as a request is there.

`python -m keyfob_bench.ready PORT FILE`, with the file of `bare`. It does not read HTTP: a request has to come in one
piece, as the small ones of the bench do on the loopback. Nothing that speaks HTTP in Python is faster, so that what the
load generator reaches here is the load generator's own end.
"""

import json
import select
import socket
import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_RECEIVED_AT_ONCE: Final = 65536
# uvicorn says the time too
_DATE = "date: Thu, 01 Jan 1970 00:00:00 GMT"
_FRAMING = frozenset({"content-length", "transfer-encoding"})


def answer_of(status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """All bytes of an HTTP/1.1 answer, with its length."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", _DATE]
    lines += [f"{name}: {value}" for name, value in headers if name.lower() not in _FRAMING]
    if status not in _WITHOUT_BODY:
        lines.append(f"content-length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def serve(port: int, answers: Mapping[bytes, bytes]) -> None:
    """One thread, one epoll, for ever; a connection that asks for something else is ended."""
    poll, connections = select.epoll(), dict[int, socket.socket]()
    with socket.create_server(("127.0.0.1", port)) as listener:
        poll.register(listener.fileno(), select.EPOLLIN)
        while True:
            for number, _ in poll.poll():
                connection = connections.get(number)
                if connection is None:
                    connection, _ = listener.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    connections[connection.fileno()] = connection
                    poll.register(connection.fileno(), select.EPOLLIN)
                elif not _answered(connection, answers):
                    del connections[number]
                    connection.close()


def _answered(connection: socket.socket, answers: Mapping[bytes, bytes]) -> bool:
    try:
        asked = connection.recv(_RECEIVED_AT_ONCE)
        path = asked.find(b"/") + 1
        answer = answers.get(asked[path : asked.find(b" ", path)])
        if answer is None:
            return False
        connection.sendall(answer)
    except ConnectionError:
        return False
    return True


def main(port: int, file: Path) -> None:
    answers = {
        str(number).encode(): answer_of(status, headers, body.encode())
        for number, (status, headers, body) in enumerate(json.loads(file.read_text()))
    }
    serve(port, answers)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
