"""What a server on localhost leaves out."""

import asyncio

import httpx

from keyfob_server.web.asgi import AsgiApp, Receive, Scope, Send
from keyfob_server.web.headers import security_headers
from keyfob_server.web.loopback import without_transport_security
from keyfob_server.web.write import raw


async def strict(_scope: Scope, _receive: Receive, send: Send) -> None:
    headers = [*raw(security_headers(https=True)), (b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"body"})


def answer(app: AsgiApp) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return await client.get("https://localhost/")

    return asyncio.run(ask())


def test_all_of_an_answer_is_kept_but_the_order_to_stay_with_https() -> None:
    before, after = answer(strict), answer(without_transport_security(strict))
    assert "strict-transport-security" in before.headers
    assert set(after.headers.items()) == set(before.headers.items()) - {
        ("strict-transport-security", before.headers["strict-transport-security"])
    }
    assert (after.status_code, after.content) == (200, b"body")
