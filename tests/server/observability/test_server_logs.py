import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import uvicorn

SECRET = "tfs9nad3dweFAa1CqpUj5p6NC4-092hb5Gg4SVRhOkc"
PASSWORD = "Password1"
Scope = dict[str, Any]
Message = dict[str, Any]


async def failing_app(
    scope: Scope, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    await receive()
    if scope["path"] == "/fail":
        raise RuntimeError(f"no such code {scope['query_string']!r}")
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_m5_a_real_server_logs_through_it_without_addresses_headers_or_secrets(stream: io.StringIO) -> None:
    async def journey() -> list[int]:
        config = uvicorn.Config(failing_app, port=0, log_config=None, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        async with asyncio.timeout(30):
            while not server.started:  # noqa: ASYNC110 - the server has nothing else to wait for
                await asyncio.sleep(0.01)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        headers = {"Authorization": f"Bearer {SECRET}", "Cookie": f"session={SECRET}"}
        async with httpx.AsyncClient(base_url=f"http://{host}:{port}", headers=headers) as client:
            answers = [
                await client.get("/well", params={"code": SECRET, "password": PASSWORD}),
                await client.get("/fail", params={"code": SECRET, "password": PASSWORD}),
            ]
        server.should_exit = True
        await serving
        return [answer.status_code for answer in answers]

    assert asyncio.run(journey()) == [204, 500]
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert SECRET not in stream.getvalue()
    assert PASSWORD not in stream.getvalue()
    assert "/well" not in stream.getvalue()
    assert [line["exception"]["type"] for line in lines if "exception" in line] == ["RuntimeError"]
    assert {line["logger"] for line in lines} >= {"uvicorn.error"}
    assert not {line["logger"] for line in lines} & {"uvicorn.access", "httpx", "httpcore"}
