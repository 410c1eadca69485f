import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from keyfob_client.errors import AuthorizationCancelled, InvalidConfiguration
from keyfob_client.redirects.landing_page import landing_page
from keyfob_client.redirects.loopback import (
    MAX_CONNECTIONS,
    MAX_REQUEST_BYTES,
    LoopbackReceiver,
    loopback_redirect_uri,
)

CALLBACK = "http://127.0.0.1/callback"
DEADLINE_S = 20.0


@pytest.fixture
def receiver() -> Iterator[LoopbackReceiver]:
    with LoopbackReceiver(CALLBACK) as made:
        yield made


@contextlib.contextmanager
def waiting(receiver: LoopbackReceiver) -> Iterator[Future[str]]:
    """The wait in another thread, ended in any case."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(receiver.wait, timeout_s=DEADLINE_S)
        try:
            yield future
        finally:
            receiver.cancel()


def get(receiver: LoopbackReceiver, target: str, **changed: str) -> httpx.Response:
    headers = {"Host": f"127.0.0.1:{receiver.port}"} | changed
    return httpx.get(f"http://127.0.0.1:{receiver.port}{target}", headers=headers, timeout=DEADLINE_S, trust_env=False)


def raw(receiver: LoopbackReceiver, request: bytes) -> bytes:
    """What comes back until the receiver closes the connection."""
    with socket.create_connection(("127.0.0.1", receiver.port), timeout=DEADLINE_S) as connection:
        connection.sendall(request)
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
    return answer


def listening_addresses(port: int) -> list[tuple[str, str]]:
    """(table, local address in hexadecimal) of every socket of this machine that listens on `port`."""
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text("ascii").splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, _, hexadecimal = local.partition(":")
            if state == "0A" and int(hexadecimal, 16) == port:
                found.append((table, address))
    return found


def test_o4_it_listens_on_127_0_0_1_alone(receiver: LoopbackReceiver) -> None:
    assert listening_addresses(receiver.port) == [("tcp", "0100007F")]


def test_o4_another_address_of_this_machine_is_not_answered(receiver: LoopbackReceiver) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(DEADLINE_S)
        assert probe.connect_ex(("127.0.0.2", receiver.port)) != 0


def test_o4_the_system_picks_the_port() -> None:
    with LoopbackReceiver(CALLBACK) as first, LoopbackReceiver(CALLBACK) as second:
        assert first.port != second.port
        assert min(first.port, second.port) > 1023
        assert first.redirect_uri == f"http://127.0.0.1:{first.port}/callback"


def test_o4_one_answer_and_then_nothing_listens(receiver: LoopbackReceiver) -> None:
    with waiting(receiver) as answer:
        page = get(receiver, "/callback?code=c-1&state=s-1")
        assert answer.result(DEADLINE_S) == f"{receiver.redirect_uri}?code=c-1&state=s-1"
    assert page.status_code == 200
    assert listening_addresses(receiver.port) == []
    with pytest.raises(httpx.ConnectError):
        get(receiver, "/callback?code=c-2&state=s-1")


OTHERS: dict[str, tuple[str, int]] = {
    "an icon": ("/favicon.ico", 404),
    "the root": ("/", 404),
    "a longer path": ("/callback/x?code=evil", 404),
    "a shorter path": ("/call?code=evil", 404),
    "the path in capitals": ("/CALLBACK?code=evil", 404),
    "an encoded path": ("/%63allback?code=evil", 404),
    "no parameters": ("/callback", 404),
    "an empty query": ("/callback?", 404),
}


@pytest.mark.parametrize(("target", "status"), OTHERS.values(), ids=OTHERS)
def test_o4_anything_else_is_refused_and_the_wait_goes_on(receiver: LoopbackReceiver, target: str, status: int) -> None:
    with waiting(receiver) as answer:
        refused = raw(receiver, f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{receiver.port}\r\n\r\n".encode())
        assert refused.startswith(f"HTTP/1.1 {status} ".encode())
        assert not answer.done()
        get(receiver, "/callback?code=good")
        assert answer.result(DEADLINE_S).endswith("?code=good")


JUNK: dict[str, Callable[[int], bytes]] = {
    "another host": lambda _: b"GET /callback?code=evil HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "another port": lambda _: b"GET /callback?code=evil HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n",
    "localhost": lambda port: b"GET /callback?code=evil HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % port,
    "no host": lambda _: b"GET /callback?code=evil HTTP/1.1\r\n\r\n",
    "two hosts": lambda port: b"GET /callback?code=evil HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nHost: x\r\n\r\n" % port,
    "POST": lambda port: b"POST /callback?code=evil HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port,
    "HEAD": lambda port: b"HEAD /callback?code=evil HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port,
    "an absolute target": lambda port: b"GET http://x/callback?a=b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port,
    "another protocol": lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "HTTP/2": lambda port: b"GET /callback?code=evil HTTP/2\r\nHost: 127.0.0.1:%d\r\n\r\n" % port,
    "no version": lambda _: b"GET /callback?code=evil\r\n\r\n",
    "endless headers": lambda _: b"GET /callback?code=evil HTTP/1.1\r\nX: " + b"a" * MAX_REQUEST_BYTES * 2,
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_o4_what_no_browser_sends_after_this_sign_in_is_not_taken(
    receiver: LoopbackReceiver, junk: Callable[[int], bytes]
) -> None:
    with waiting(receiver) as answer:
        try:
            refused = raw(receiver, junk(receiver.port))
        except OSError:
            refused = b""  # closed in the middle of the excess
        assert b" 200 " not in refused
        get(receiver, "/callback?code=good")
        assert answer.result(DEADLINE_S).endswith("?code=good")


def test_o4_connections_that_say_nothing_do_not_keep_the_answer_out(receiver: LoopbackReceiver) -> None:
    with waiting(receiver) as answer, contextlib.ExitStack() as idle:
        for _ in range(MAX_CONNECTIONS + 8):
            idle.enter_context(socket.create_connection(("127.0.0.1", receiver.port), timeout=DEADLINE_S))
        get(receiver, "/callback?code=good")
        assert answer.result(DEADLINE_S).endswith("?code=good")


def test_a_request_that_comes_in_pieces_is_put_together(receiver: LoopbackReceiver) -> None:
    with (
        waiting(receiver) as answer,
        socket.create_connection(("127.0.0.1", receiver.port), timeout=DEADLINE_S) as connection,
    ):
        for piece in (b"GET /callback?co", b"de=c-1 HTTP/1.1\r\nHo", b"st: 127.0.0.1:%d\r\n" % receiver.port, b"\r\n"):
            connection.sendall(piece)
        assert answer.result(DEADLINE_S) == f"{receiver.redirect_uri}?code=c-1"


def test_o4_the_wait_ends_when_its_time_is_over(receiver: LoopbackReceiver) -> None:
    with pytest.raises(AuthorizationCancelled, match="in time"):
        receiver.wait(timeout_s=0.05)
    assert listening_addresses(receiver.port) == []


def test_cancelling_ends_a_wait_in_another_thread_at_once(receiver: LoopbackReceiver) -> None:
    with waiting(receiver) as answer:
        threading.Timer(0.01, receiver.cancel).start()
        with pytest.raises(AuthorizationCancelled) as caught:
            answer.result(DEADLINE_S)
    assert caught.value.fault == "person"


def test_closing_and_cancelling_again_does_nothing() -> None:
    receiver = LoopbackReceiver(CALLBACK)
    for _ in range(2):
        receiver.close()
        receiver.cancel()
    assert listening_addresses(receiver.port) == []


def test_the_page_has_a_strict_policy_and_repeats_nothing_of_the_request(receiver: LoopbackReceiver) -> None:
    with waiting(receiver):
        page = get(receiver, "/callback?code=c-1&state=%3Cscript%3E")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "Return to the app" in page.text
    assert page.content == landing_page().partition(b"\r\n\r\n")[2]
    assert "script" not in page.text


@pytest.mark.parametrize(
    ("configured", "loopback"),
    [
        ("io.curity.dcrclient:/callback", CALLBACK),
        ("com.example.app://host/path/x", "http://127.0.0.1/path/x"),
        ("http://127.0.0.1:8000/cb", "http://127.0.0.1/cb"),
        ("http://127.0.0.1/cb?x=1", "http://127.0.0.1/cb"),
    ],
)
def test_a_configured_redirect_uri_has_a_loopback_one_with_the_same_path_and_no_port(
    configured: str, loopback: str
) -> None:
    assert loopback_redirect_uri(configured) == loopback


@pytest.mark.parametrize("configured", ["io.curity.dcrclient:callback", "callback", "", "https://host"])
def test_a_redirect_uri_without_a_path_is_a_fault_of_the_configuration(configured: str) -> None:
    with pytest.raises(InvalidConfiguration):
        loopback_redirect_uri(configured)


@pytest.mark.parametrize("uri", ["http://localhost/cb", "http://127.0.0.1:80/cb", "http://0.0.0.0/cb", CALLBACK + "?x"])
def test_a_receiver_takes_loopback_uris_only(uri: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        LoopbackReceiver(uri)
