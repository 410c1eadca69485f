"""The least that can answer: bytes that are ready, said as soon as a request is there.

`python -m keyfob_bench.ready PORT FILE`, with the file of `bare`. It does not read HTTP: a request has to come in one
piece, as the small ones of the bench do on the loopback. Nothing that speaks HTTP in Python is faster, so that what the
load generator reaches here is the load generator's own end.
"""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import cast

import uvloop

_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
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


class _Connection(asyncio.Protocol):
    def __init__(self, answers: Mapping[bytes, bytes]) -> None:
        self._answers = answers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._write = cast("asyncio.Transport", transport).write

    def data_received(self, data: bytes) -> None:
        path = data.index(b"/") + 1
        self._write(self._answers[data[path : data.index(b" ", path)]])


async def serve(port: int, answers: Mapping[bytes, bytes]) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(answers), "127.0.0.1", port)
    await server.serve_forever()


def main(port: int, file: Path) -> None:
    answers = {
        str(number).encode(): answer_of(status, headers, body.encode())
        for number, (status, headers, body) in enumerate(json.loads(file.read_text()))
    }
    uvloop.run(serve(port, answers))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
