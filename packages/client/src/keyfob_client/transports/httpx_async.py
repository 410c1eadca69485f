"""Sends requests with httpx, beside an event loop."""

import asyncio
import ssl
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.transports.httpx_sync import Observer
from keyfob_client.transports.limits import (
    CONNECT_TIMEOUT_S,
    READ_TIMEOUT_S,
    TOTAL_TIMEOUT_S,
    check_encoding,
    check_size,
    connection_failed,
    outgoing_headers,
    too_slow,
)
from keyfob_client.transports.trust import trusting


class AsyncHttpxTransport:
    """As HttpxTransport, asynchronous."""

    def __init__(
        self, *, verify: ssl.SSLContext | None = None, ca_file: Path | None = None, observe: Observer | None = None
    ) -> None:
        self._observe = observe
        self._client = httpx.AsyncClient(
            verify=verify or (trusting(ca_file) if ca_file else True),
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            follow_redirects=False,
            mounts={"http://": httpx.AsyncHTTPTransport()},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Raises ConnectionFailed, ServerAnswerRefused for an answer too large, InvalidConfiguration."""
        headers = outgoing_headers(request)
        try:
            async with (
                asyncio.timeout(TOTAL_TIMEOUT_S),
                self._client.stream(request.method, request.url, headers=headers, content=request.body) as answer,
            ):
                response = HttpResponse(
                    status=answer.status_code,
                    headers=tuple(answer.headers.multi_items()),
                    body=await _read(answer),
                    received_at=int(time.time()),
                )
        except TimeoutError as error:
            raise too_slow() from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise connection_failed(error) from error
        finally:
            self._client.cookies.clear()
        if self._observe:
            self._observe(request, response)
        return response


async def _read(answer: httpx.Response) -> bytes:
    check_encoding(answer.headers.get("content-encoding"))
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        check_size(len(body))
    return bytes(body)
