"""The listeners in this process, over real sockets, with an app that answers with what it was sent."""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from keyfob_server.web.asgi import AsgiApp, Receive, Scope, Send
from keyfob_server.web.listeners import Listeners, bind
from keyfob_server.web.tls import LiveCertificate

PATIENCE_S = 30
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[..., Awaitable[Streams]]
"""Takes `trust`, an SSLContext to speak TLS with; without one it speaks in clear."""


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the body; at /early without having read it."""
    body, more = b"", scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        more = message["more_body"]
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Returns when it holds; TimeoutError after a deadline that no healthy run comes near."""
    async with asyncio.timeout(PATIENCE_S):
        while not await holds():  # noqa: ASYNC110 - what makes it hold is a file, not an event
            await asyncio.sleep(0.02)


@asynccontextmanager
async def listening(app: AsgiApp, certificate: LiveCertificate | None = None) -> AsyncIterator[Connect]:
    public, admin = bind("127.0.0.1", 0), bind("127.0.0.1", 0)
    port = public.getsockname()[1]
    listeners = Listeners((app, public), (app, admin), certificate)
    ready, open_writers = asyncio.Event(), list[asyncio.StreamWriter]()
    serving = asyncio.create_task(listeners.serve(on_ready=ready.set, on_stopping=lambda: None))
    await asyncio.wait_for(ready.wait(), PATIENCE_S)

    async def connect(trust: ssl.SSLContext | None = None) -> Streams:
        name = "localhost" if trust else None
        streams = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname=name)
        open_writers.append(streams[1])
        return streams

    try:
        yield connect
    finally:
        for writer in open_writers:
            writer.close()
        # as a service manager stops it: the listeners have taken over the signal
        signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(serving, PATIENCE_S)
