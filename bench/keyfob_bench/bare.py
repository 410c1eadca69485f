"""Plain uvicorn that answers the bytes it is told: `python -m keyfob_bench.bare PORT FILE`.

The file holds a JSON list of `[status, headers, body]`; `/N` is answered by number N. What a server of ours could reach
on the same HTTP layer, if it had nothing to do.
"""

import json
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn

Message = MutableMapping[str, Any]


def main(port: int, file: Path) -> None:
    answers = [
        (status, [(name.encode(), value.encode()) for name, value in headers], body.encode())
        for status, headers, body in json.loads(file.read_text())
    ]

    async def app(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        status, headers, body = answers[int(scope["path"][1:])]
        await receive()
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    # as Keyfob runs it
    uvicorn.run(
        app,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        lifespan="off",
        server_header=False,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
