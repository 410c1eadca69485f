"""Sends requests with httpx, blocking."""

import ssl
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from keyfob_client.messages import HttpRequest, HttpResponse
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

Observer = Callable[[HttpRequest, HttpResponse], None]
"""Told of each exchange, secrets and all: see transcript.py for a form that may be shown."""


class HttpxTransport:
    """A context manager. https, or http on this machine; no redirect is followed, no cookie kept.

    `verify` replaces the CA bundle, which a phone must hand in. `ca_file` names a PEM file of the only authorities to
    trust, such as the `ca.pem` of a server in demo mode; raises InvalidConfiguration when it cannot be used.
    """

    def __init__(
        self, *, verify: ssl.SSLContext | None = None, ca_file: Path | None = None, observe: Observer | None = None
    ) -> None:
        self._observe = observe
        self._client = httpx.Client(
            verify=verify or (trusting(ca_file) if ca_file else True),
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            follow_redirects=False,
            # Plain http never leaves this machine, so no proxy of the environment may get it.
            mounts={"http://": httpx.HTTPTransport()},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def send(self, request: HttpRequest) -> HttpResponse:
        """Raises ConnectionFailed, ServerAnswerRefused for an answer too large, InvalidConfiguration."""
        headers = outgoing_headers(request)
        deadline = time.monotonic() + TOTAL_TIMEOUT_S
        try:
            with self._client.stream(request.method, request.url, headers=headers, content=request.body) as answer:
                response = HttpResponse(
                    status=answer.status_code,
                    headers=tuple(answer.headers.multi_items()),
                    body=_read(answer, deadline),
                    received_at=int(time.time()),
                )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise connection_failed(error) from error
        finally:
            self._client.cookies.clear()
        if self._observe:
            self._observe(request, response)
        return response


def _read(answer: httpx.Response, deadline: float) -> bytes:
    check_encoding(answer.headers.get("content-encoding"))
    body = bytearray()
    for chunk in answer.iter_raw():
        body += chunk
        check_size(len(body))
        if time.monotonic() > deadline:
            raise too_slow()
    return bytes(body)
