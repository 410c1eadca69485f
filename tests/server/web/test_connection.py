"""Requests that are too large, or no requests at all, at a real server process; on sockets, byte by byte."""

import re
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from keyfob_server.web.connection import MAX_BODY_BYTES, MAX_HEAD_BYTES
from keyfob_server.web.headers import security_headers
from support_app import REGISTER, TOKEN
from support_byte_stream import Connection, RawAnswer, ask, connected, request
from support_process import ServerProcess

pytestmark = pytest.mark.slow
METADATA: Final = "/oauth/v2/oauth-anonymous/.well-known/openid-configuration"
FORM: Final = "Content-Type: application/x-www-form-urlencoded"
MEBIBYTE: Final = 1024 * 1024


def resident_bytes(server: ServerProcess) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def pour(connection: Connection, chunk: bytes, total: int) -> None:
    """Send until the other end no longer listens, or `total` bytes."""
    with suppress(BrokenPipeError, ConnectionResetError):
        for _ in range(total // len(chunk)):
            connection.send(chunk)


def refused_and_closed(connection: Connection, status: int) -> RawAnswer:
    answer = connection.answer()
    assert answer.status == status
    assert answer.headers["connection"] == "close"
    assert answer.headers["cache-control"] == "no-store"
    assert {name.lower(): value for name, value in security_headers(https=False)}.items() <= answer.headers.items()
    assert "server" not in answer.headers
    assert connection.is_closed()
    return answer


@pytest.mark.parametrize(
    "unending",
    [b"GET /" + b"x" * 16384, b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 16384],
    ids=["address", "header field"],
)
def test_k5_a_head_without_an_end_is_431_and_the_connection_is_closed(server: ServerProcess, unending: bytes) -> None:
    with connected(server.base_url) as connection:
        connection.send(unending)
        connection.send(b"x" * (MAX_HEAD_BYTES - len(unending)))
        connection.send(b"x")
        refused_and_closed(connection, 431)


def test_k5_no_head_and_no_body_that_is_poured_in_fills_the_memory(server: ServerProcess) -> None:
    with connected(server.base_url) as connection:
        pour(connection, request("GET", METADATA), MEBIBYTE)
    before = resident_bytes(server)
    starts = (
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ",
        b"GET /",
        b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n" % TOKEN.encode(),
        b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
        b"GET %s HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n" % METADATA.encode(),
    )
    for start in starts * 3:
        with connected(server.base_url) as connection:
            connection.send(start)
            pour(connection, b"x" * 65536, 64 * MEBIBYTE)
    assert resident_bytes(server) - before < 24 * MEBIBYTE


@pytest.mark.parametrize(
    ("headers", "status"),
    [(("X-Large: " + "x" * 20000,), 431), (tuple(f"X-{number}: x" for number in range(70)), 431)],
    ids=["large", "many"],
)
def test_k5_a_whole_head_beyond_the_limits_is_431_and_the_next_request_is_answered(
    server: ServerProcess, headers: tuple[str, ...], status: int
) -> None:
    with connected(server.base_url) as connection:
        connection.send(request("GET", METADATA, *headers))
        assert connection.answer().status == status
        connection.send(request("GET", METADATA))
        assert connection.answer().status == 200


def test_k5_an_address_beyond_the_limit_is_414(server: ServerProcess) -> None:
    answer = ask(server.base_url, request("GET", "/" + "x" * 9000))
    assert answer.status == 414
    assert len(answer.body) < 200


@pytest.mark.parametrize("path", [TOKEN, REGISTER])
def test_k5_a_body_that_is_announced_too_large_is_413_before_it_is_sent(server: ServerProcess, path: str) -> None:
    with connected(server.base_url) as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{FORM}\r\nExpect: 100-continue\r\nContent-Length: 65537\r\n\r\n"
        connection.send(head.encode())
        assert connection.answer().status == 413


def test_k5_a_body_in_unending_chunks_is_413(server: ServerProcess) -> None:
    with connected(server.base_url) as connection:
        connection.send(f"POST {TOKEN} HTTP/1.1\r\nHost: x\r\n{FORM}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
        for _ in range(5):
            connection.send(chunk)
        assert connection.answer().status == 413
        pour(connection, chunk, 2 * MAX_BODY_BYTES)
        assert connection.is_closed()


def test_a_request_in_one_piece_that_is_just_within_the_limits_is_read(server: ServerProcess) -> None:
    body = b"q=" + b"x" * 65534
    answer = ask(server.base_url, request("POST", TOKEN, FORM, "X-Large: " + "x" * 16000, body=body))
    assert answer.status == 400
    assert b"grant_type" in answer.body


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"get / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"MAKETEA / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n",
        b"{}\r\n\r\n",
    ],
    ids=range(10),
)
def test_what_is_no_http_is_400_with_the_security_headers_and_the_connection_is_closed(
    server: ServerProcess, nonsense: bytes
) -> None:
    with connected(server.base_url) as connection:
        connection.send(nonsense)
        assert refused_and_closed(connection, 400).body == b""


@pytest.mark.parametrize("upgrade", ["websocket", "h2c", "TLS/1.0"])
def test_an_upgrade_is_not_taken(server: ServerProcess, upgrade: str) -> None:
    answer = ask(server.base_url, request("GET", METADATA, f"Upgrade: {upgrade}", "Connection: Upgrade"))
    assert answer.status == 200


def test_a_client_that_goes_away_in_the_middle_disturbs_nobody(server: ServerProcess) -> None:
    before = len(server.log_lines())
    for piece in (b"GET", b"POST / HTTP/1.1\r\n", request("POST", TOKEN, FORM, body=b"x" * 100)[:-50]):
        with connected(server.base_url) as connection:
            connection.send(piece)
    assert ask(server.base_url, request("GET", METADATA)).status == 200
    assert [line for line in server.log_lines()[before:] if line["level"] in {"error", "critical"}] == []
