"""Requests that do not come to an end in time; here the time is short."""

import asyncio
import contextlib

import pytest

from keyfob_server.web import connection, listeners
from support_byte_stream import request
from support_listeners import PATIENCE_S, echo, listening


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "READ_S", 0.2)


def said_after(data: bytes) -> bytes:
    """All that the server says to `data` before it closes the connection by itself."""

    async def scenario() -> bytes:
        async with listening(echo) as connect:
            reader, writer = await connect()
            writer.write(data)
            return await asyncio.wait_for(reader.read(), PATIENCE_S)

    return asyncio.run(scenario())


async def read_until_closed(reader: asyncio.StreamReader) -> bytes:
    """What was said before a byte that came after the end made the kernel reset the connection."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := await reader.read(65536):
            said += chunk
    return said


@pytest.mark.parametrize(
    "incomplete",
    [
        b"G",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
    ],
)
def test_k4_a_request_that_stays_incomplete_is_408_and_the_connection_is_closed(incomplete: bytes) -> None:
    said = said_after(incomplete)
    assert said.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert said.count(b"HTTP/1.1") == 1
    assert b"x-frame-options: deny" in said.lower()


def test_k4_a_connection_on_which_nothing_is_said_is_closed_without_a_word() -> None:
    assert said_after(b"") == b""


def test_an_answer_that_was_given_early_is_not_followed_by_another() -> None:
    said = said_after(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert said.count(b"HTTP/1.1") == 1


def test_the_second_request_of_a_connection_has_its_own_time() -> None:
    said = said_after(request("GET", "/") + b"GET / HTTP/1.1\r\n")
    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"HTTP/1.1 408 Request Timeout\r\n" in said


def test_k4_bytes_that_drip_in_win_no_time() -> None:
    async def scenario() -> bytes:
        async with listening(echo) as connect:
            reader, writer = await connect()
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            reading = asyncio.create_task(read_until_closed(reader))
            while not reading.done():
                writer.write(b"x")
                await asyncio.wait([reading], timeout=0.01)
            return await reading

    assert asyncio.run(scenario()).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_a_client_that_waits_between_whole_requests_is_not_hurried() -> None:
    async def scenario() -> list[bytes]:
        async with listening(echo) as connect:
            reader, writer = await connect()
            heads = []
            for _ in range(2):
                writer.write(request("GET", "/"))
                heads.append(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S))
                await asyncio.sleep(3 * connection.READ_S)
            return heads

    assert [head.split(b"\r\n")[0] for head in asyncio.run(scenario())] == [b"HTTP/1.1 200 OK"] * 2


@pytest.mark.slow
def test_a_connection_that_is_not_used_any_more_is_closed_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "_KEEP_ALIVE_S", 1)
    said = said_after(request("GET", "/"))
    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert said.count(b"HTTP/1.1") == 1


def test_a_request_that_begins_late_on_a_connection_must_end_as_soon_as_any() -> None:
    async def scenario() -> tuple[bytes, float]:
        async with listening(echo) as connect:
            reader, writer = await connect()
            writer.write(request("GET", "/"))
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
            await asyncio.sleep(3.5 * connection.READ_S)
            writer.write(b"GET")
            begun = asyncio.get_running_loop().time()
            said = await asyncio.wait_for(reader.read(), PATIENCE_S)
            return said, asyncio.get_running_loop().time() - begun

    said, took = asyncio.run(scenario())
    assert said.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert took < listeners._KEEP_ALIVE_S
