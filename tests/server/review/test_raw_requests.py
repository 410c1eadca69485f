"""Bytes that two parsers could read differently get one answer, and the connection ends there."""

from collections.abc import Iterator

import pytest

from support_app import TOKEN
from support_byte_stream import connected, request
from support_process import ServerProcess, serving

pytestmark = pytest.mark.slow

BODY = b"grant_type=refresh_token&refresh_token=x&client_id=y"
HEAD = f"POST {TOKEN} HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n".encode()
LENGTH = b"Content-Length: %d\r\n" % len(BODY)

AMBIGUOUS = {
    "two equal lengths": HEAD + LENGTH + LENGTH + b"\r\n" + BODY,
    "two lengths": HEAD + LENGTH + b"Content-Length: 5\r\n\r\n" + BODY,
    "length and chunks": HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "another coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "space before the colon": HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "signed length": HEAD + b"Content-Length: +5\r\n\r\n" + BODY,
    "folded field": b"GET /admin HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    "bare line feeds": b"GET /admin HTTP/1.1\nHost: a\n\n",
    "NUL in the path": b"GET /a\x00b HTTP/1.1\r\nHost: a\r\n\r\n",
    "chunk without measure": HEAD + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a target that is no address": b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_an_ambiguous_request_is_400_once_and_the_connection_is_closed(server: ServerProcess, name: str) -> None:
    with connected(server.base_url) as connection:
        connection.send(AMBIGUOUS[name] + request("GET", "/admin"))
        assert connection.answer().status == 400
        assert connection.is_closed()
    assert [line for line in server.log_lines() if line["level"] == "error"] == []
