"""Requests that do not wait for the answers to those before them."""

import asyncio
import re
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

import httpx
import pytest

from demo_story.child_process import read_until
from keyfob_server.web import connection
from keyfob_server.web.asgi import Receive, Scope, Send
from support_app import TOKEN
from support_byte_stream import connected, request
from support_listeners import PATIENCE_S, listening
from support_nodes import Node, started
from support_polling import eventually
from support_process import ServerProcess, serving

FORM: Final = "Content-Type: application/x-www-form-urlencoded"
JWKS: Final = "/oauth/v2/oauth-anonymous/jwks"
MEBIBYTE: Final = 1024 * 1024
WRONG: Final = request("POST", TOKEN, FORM, body=b"grant_type=x")


def resident_bytes(server: ServerProcess) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found
    return int(found[1]) * 1024


@pytest.mark.slow
@pytest.mark.parametrize(
    "one", [WRONG, request("GET", JWKS), request("GET", "/nothing")], ids=["token", "keys", "page"]
)
def test_k5_requests_that_come_faster_than_they_are_answered_do_not_fill_the_memory(
    server: ServerProcess, one: bytes
) -> None:
    with connected(server.base_url) as before:
        before.send(one)
        before.answer()
    resident = resident_bytes(server)
    with connected(server.base_url) as asking, suppress(TimeoutError):
        asking._peer.settimeout(1)
        for _ in range(32):
            asking.send(one * (MEBIBYTE // len(one)))
    assert resident_bytes(server) - resident < 16 * MEBIBYTE


@pytest.mark.slow
def test_k5_many_who_send_a_read_full_of_the_shortest_requests_do_not_fill_the_memory(server: ServerProcess) -> None:
    shortest = b"GET / HTTP/1.1\r\n\r\n"
    with connected(server.base_url) as before:
        before.send(shortest)
        before.answer()
    resident = resident_bytes(server)
    with ExitStack() as open_ones:
        for _ in range(20):
            asking = open_ones.enter_context(connected(server.base_url))
            asking._peer.settimeout(0.1)
            with suppress(TimeoutError):
                asking.send(shortest * (MEBIBYTE // len(shortest)))
        assert resident_bytes(server) - resident < 40 * MEBIBYTE


@pytest.mark.slow
def test_all_of_a_long_pipeline_is_answered_in_order_with_bodies_that_are_cut_anywhere(server: ServerProcess) -> None:
    form = b"grant_type=x&pad=" + b"x" * 5000
    pieces = (
        (request("POST", TOKEN, FORM, body=form), 400), (request("GET", "/nothing"), 404), (request("GET", JWKS), 200),
        (request("POST", "/nothing", FORM, body=form), 404), (request("GET", TOKEN), 405),
    )  # fmt: skip
    with connected(server.base_url) as asking:
        asking.send(b"".join(data for data, _ in pieces) * 60)
        assert [asking.answer().status for _ in pieces * 60] == [status for _, status in pieces] * 60


@pytest.mark.slow
def test_behind_the_last_answer_no_request_is_heard(tmp_path: Path) -> None:
    with serving(tmp_path) as demo:
        configuration = demo.data_dir / "keyfob.toml"
    node = Node(configuration, {"KEYFOB_DRAIN_S": "600", "KEYFOB_LOG_LEVEL": "info"})
    with started(node), connected(node.url) as asking:
        node.tell_to_stop()
        eventually(lambda: httpx.get(node.readiness_url).status_code == 503)
        asking.send(request("GET", JWKS) + WRONG + request("GET", "/nothing") + WRONG)
        assert asking.answer().headers["connection"] == "close"
        assert asking.is_closed()
        with connected(node.url) as last:
            last.send(request("HEAD", "/last"))
            assert node._process is not None
            log = read_until(node._process, lambda text: '"HEAD"' in text)
    assert f'"{JWKS}"' in log
    assert f'"{TOKEN}"' not in log
    assert log.count("(other)") == 1


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers after a while with the names of the header fields that it knows of by then."""
    await asyncio.sleep(float(scope["path"][1:]))
    if scope["method"] == "POST":
        await receive()
    body = b" ".join(name for name, _ in scope["headers"])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


def said_to(*pieces: bytes, pause_s: float = 0.0) -> bytes:
    """All that the server says to the pieces before it closes the connection by itself."""

    async def scenario() -> bytes:
        async with listening(slow) as connect:
            reader, writer = await connect()
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(pause_s)
            return await asyncio.wait_for(reader.read(), PATIENCE_S)

    return asyncio.run(scenario())


def test_a_request_that_stays_incomplete_is_not_refused_in_the_place_of_the_one_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "READ_S", 0.2)
    assert said_to(request("GET", "/0.6") + request("POST", "/0", body=b"1234")[:-1]) == b""


def test_nonsense_is_not_refused_in_the_place_of_the_request_before_it() -> None:
    said = said_to(request("GET", "/0.1") + request("GET", "/0.6"), b"nonsense\r\n\r\n", pause_s=0.3)
    assert said.count(b"HTTP/1.1 200 OK\r\n") == 1
    assert b"400" not in said


def test_a_field_behind_the_body_is_none_of_the_head() -> None:
    chunked = b"POST /0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    said = said_to(chunked + b"X-Forwarded-For: 192.0.2.1\r\nAuthorization: Basic x\r\n\r\n")
    assert said.endswith(b"\r\n\r\nhost connection transfer-encoding")
