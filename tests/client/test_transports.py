import asyncio
import gzip
import socket
import time
from collections.abc import Callable

import httpx
import pytest

from keyfob_client.errors import ClientError, ConnectionFailed, InvalidConfiguration, ServerAnswerRefused
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.transports import httpx_async, httpx_sync, limits
from keyfob_client.transports.httpx_async import AsyncHttpxTransport
from keyfob_client.transports.httpx_sync import HttpxTransport, Observer
from support_raw_peer import raw_peer, saying

Send = Callable[[HttpRequest, Observer | None], HttpResponse]


def send_blocking(request: HttpRequest, observe: Observer | None = None) -> HttpResponse:
    with HttpxTransport(observe=observe) as transport:
        return transport.send(request)


def send_asynchronously(request: HttpRequest, observe: Observer | None = None) -> HttpResponse:
    async def sending() -> HttpResponse:
        async with AsyncHttpxTransport(observe=observe) as transport:
            return await transport.send(request)

    return asyncio.run(sending())


both = pytest.mark.parametrize("send", [send_blocking, send_asynchronously])


def head(status: str, *lines: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode()


OK = head("200 OK", "Content-Type: application/json", "Content-Length: 2", "Connection: close") + b"{}"


@both
def test_a_request_goes_out_as_it_is_and_says_who_sends_it(send: Send) -> None:
    with raw_peer(saying(OK)) as peer:
        response = send(HttpRequest("POST", peer.url + "token", (("X-A", "b"),), b"grant_type=x"), None)
    sent = peer.requests[0].decode().lower()
    assert sent.startswith("post /token http/1.1\r\n")
    assert "\r\nx-a: b\r\n" in sent
    assert "\r\nuser-agent: keyfob-client/" in sent
    assert "\r\naccept-encoding: identity\r\n" in sent
    assert (response.status, response.body, response.media_type) == (200, b"{}", "application/json")
    assert abs(response.received_at - time.time()) < 3600


@both
def test_o2_a_redirect_is_an_answer_like_any_other_and_is_not_followed(send: Send) -> None:
    with raw_peer(saying(OK)) as target:
        elsewhere = head("307 Temporary Redirect", f"Location: {target.url}", "Content-Length: 0", "Connection: close")
        with raw_peer(saying(elsewhere)) as peer:
            response = send(HttpRequest("POST", peer.url, body=b"client_secret=s"), None)
    assert response.status == 307
    assert target.requests == []


REFUSED_URLS = [
    "http://as.example/token",
    "http://127.0.0.2/token",
    "http://127.0.0.1.evil.example/token",
    "http://user:secret@127.0.0.1/token",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "//127.0.0.1/",
    "https://",
    "",
]


@both
@pytest.mark.parametrize("url", REFUSED_URLS)
def test_nothing_is_sent_in_clear_to_another_machine(send: Send, url: str) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        send(HttpRequest("POST", url, body=b"client_secret=s3cret"), None)
    assert "s3cret" not in str(caught.value)


def endless(connection: socket.socket) -> None:
    connection.sendall(head("200 OK", "Content-Type: application/json", "Connection: close"))
    while True:
        connection.sendall(b"a" * 65536)


def bomb(connection: socket.socket) -> None:
    body = gzip.compress(b"a" * 10_000_000)
    connection.sendall(
        head("200 OK", "Content-Encoding: gzip", f"Content-Length: {len(body)}", "Connection: close") + body
    )


@both
@pytest.mark.parametrize("say", [endless, bomb])
def test_an_answer_that_would_fill_the_memory_is_refused(send: Send, say: Callable[[socket.socket], None]) -> None:
    with raw_peer(say) as peer, pytest.raises(ServerAnswerRefused):
        send(HttpRequest("GET", peer.url), None)


BROKEN = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n",
    "half an answer": head("200 OK", "Content-Length: 100", "Connection: close") + b"half",
}


@both
@pytest.mark.parametrize("said", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_a_failed_connection(send: Send, said: bytes) -> None:
    with raw_peer(saying(said)) as peer, pytest.raises(ConnectionFailed):
        send(HttpRequest("GET", peer.url), None)


@both
def test_nobody_there_is_a_failed_connection(send: Send) -> None:
    with raw_peer(saying(OK)) as peer:
        url = peer.url
    with pytest.raises(ConnectionFailed) as caught:
        send(HttpRequest("GET", url), None)
    assert caught.value.fault == "network"


def slow(connection: socket.socket) -> None:
    """A byte now and then keeps every single read alive."""
    connection.sendall(head("200 OK", "Content-Type: application/json", "Connection: close"))
    while True:
        connection.sendall(b" ")
        time.sleep(0.01)


@both
def test_a_server_that_answers_byte_by_byte_is_left_after_a_while(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (httpx_sync, httpx_async):
        monkeypatch.setattr(module, "TOTAL_TIMEOUT_S", 0.2)
    with raw_peer(slow) as peer, pytest.raises(ConnectionFailed, match="too long"):
        send(HttpRequest("GET", peer.url), None)


@both
def test_cookies_are_not_kept(send: Send) -> None:
    answer = head("200 OK", "Set-Cookie: a=b", "Content-Length: 0", "Connection: close")
    with raw_peer(saying(answer)) as peer:
        if send is send_blocking:
            with HttpxTransport() as transport:
                for _ in range(2):
                    transport.send(HttpRequest("GET", peer.url))
        else:
            asyncio.run(_twice(peer.url))
    assert len(peer.requests) == 2
    assert b"cookie" not in peer.requests[1].lower()


async def _twice(url: str) -> None:
    async with AsyncHttpxTransport() as transport:
        for _ in range(2):
            await transport.send(HttpRequest("GET", url))


@both
def test_a_proxy_of_the_environment_does_not_get_what_stays_on_this_machine(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    with raw_peer(saying(OK)) as proxy, raw_peer(saying(OK)) as peer:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        # Or else this test would prove nothing:
        assert httpx.get("http://as.example/", timeout=20).status_code == 200
        send(HttpRequest("GET", peer.url), None)
    assert (len(proxy.requests), len(peer.requests)) == (1, 1)


@both
def test_an_observer_is_told_of_each_exchange(send: Send) -> None:
    told: list[tuple[HttpRequest, HttpResponse]] = []
    with raw_peer(saying(OK)) as peer:
        request = HttpRequest("GET", peer.url)
        response = send(request, lambda *exchange: told.append(exchange))
    assert told == [(request, response)]


def test_a_failure_names_its_kind_and_not_the_text_that_may_hold_what_was_sent() -> None:
    failure: ClientError = limits.connection_failed(httpx.ConnectError("https://as.example/?code=s3cret"))
    assert "ConnectError" in str(failure)
    assert "s3cret" not in str(failure)
