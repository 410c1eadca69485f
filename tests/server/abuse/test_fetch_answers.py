"""Row F15: what the other side sends is small, plain, quick and certified, or it is not taken."""

import gc
import gzip
import socket
import ssl
import zlib
from pathlib import Path
from threading import Event

import pytest

from keyfob_server.outbound.fetch import FetchLimits
from keyfob_server.ports.fetching import FetchFailed
from support_https_peer import PATIENCE_S, Authority, answer, https_peer, saying
from support_outbound import WrittenAnswers, canary, fetching

LIMIT = 65536
QUICK = FetchLimits(total_s=0.5)


def test_f15_the_limits_are_three_seconds_64_kib_and_eight_at_once() -> None:
    limits = FetchLimits()
    assert (limits.total_s, limits.max_bytes, limits.at_once) == (3.0, LIMIT, 8)


def test_f15_64_kib_are_taken_and_one_byte_more_is_not(authority: Authority, certificate: Path) -> None:
    for size, fits in ((LIMIT, True), (LIMIT + 1, False)):
        with (
            https_peer(certificate, saying(answer(b"x" * size))) as peer,
            fetching(ca_file=authority.ca_file) as it,
        ):
            if fits:
                assert len(it.fetch(peer.url()).body) == size
            else:
                with pytest.raises(FetchFailed, match="larger than 65536 bytes"):
                    it.fetch(peer.url())


ENDLESS = {
    "until closed": (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 16384),
    "long": (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", b"x" * 16384),
    "chunked": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b"x" * 16384 + b"\r\n"),
}


@pytest.mark.parametrize(("head", "part"), ENDLESS.values(), ids=ENDLESS)
def test_f15_a_body_without_end_is_left_at_the_limit(
    authority: Authority, certificate: Path, head: bytes, part: bytes
) -> None:
    sent = 0

    def say(connection: ssl.SSLSocket) -> None:
        nonlocal sent
        connection.sendall(head)
        while True:
            connection.sendall(part)
            sent += len(part)

    with (
        https_peer(certificate, say) as peer,
        fetching(ca_file=authority.ca_file) as it,
        pytest.raises(FetchFailed, match="larger than 65536 bytes"),
    ):
        it.fetch(peer.url())
    # What lies in buffers on the way; a reader to the end would never come here.
    assert sent < 64 * 1024 * 1024


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: y\r\n"]
)
def test_f15_a_head_without_end_is_left(authority: Authority, certificate: Path, head: bytes) -> None:
    def say(connection: ssl.SSLSocket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(head[-20:] * 100)

    with (
        https_peer(certificate, say) as peer,
        fetching(ca_file=authority.ca_file, limits=QUICK) as it,
        pytest.raises(FetchFailed, match=r"the exchange broke|took too long"),
    ):
        it.fetch(peer.url())


SLOW = {
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n",
    "head": b"HTTP/1.1 200 OK\r\nX: ",
    "nothing": b"",
}


@pytest.mark.parametrize("head", SLOW.values(), ids=SLOW)
def test_f15_an_answer_that_drips_is_left_when_the_time_is_over(
    authority: Authority, certificate: Path, head: bytes
) -> None:
    never = Event()

    def say(connection: ssl.SSLSocket) -> None:
        connection.sendall(head)
        while not never.wait(0.02):
            connection.sendall(b"x" if head else b"")
            if not head and not connection.recv(1):
                return

    with (
        https_peer(certificate, say) as peer,
        fetching(ca_file=authority.ca_file, limits=QUICK) as it,
        pytest.raises(FetchFailed, match="took too long"),
    ):
        it.fetch(peer.url())
    assert len(peer.requests) == 1


def test_f15_a_peer_that_never_begins_tls_is_left_when_the_time_is_over() -> None:
    with (
        canary() as silent,
        fetching(limits=QUICK) as it,
        pytest.raises(FetchFailed, match=r"cannot be connected to \(ConnectTimeout\)|took too long"),
    ):
        it.fetch(f"https://localhost:{silent.port}/")
    gc.collect()


def test_f15_a_name_server_that_never_answers_counts_into_the_time() -> None:
    may_answer = Event()

    def look_up(_host: str, _port: int) -> list[str]:
        may_answer.wait(PATIENCE_S)
        return ["127.0.0.1"]

    with fetching(look_up=look_up, limits=QUICK) as it:
        with pytest.raises(FetchFailed, match="took too long"):
            it.fetch("https://app.example/")
        may_answer.set()


BOMB = b"[" + b" " * 10_000_000 + b"]"
PACKED = {
    "gzip": gzip.compress(BOMB),
    "GZip": gzip.compress(BOMB),
    "deflate": zlib.compress(BOMB),
    "br": b"\x00",
    "zstd": b"\x00",
    "identity, gzip": gzip.compress(BOMB),
}


@pytest.mark.parametrize(("encoding", "body"), PACKED.items(), ids=PACKED)
def test_f15_what_is_compressed_is_not_taken(
    authority: Authority, certificate: Path, encoding: str, body: bytes
) -> None:
    assert len(body) < LIMIT
    with (
        https_peer(certificate, saying(answer(body, f"Content-Encoding: {encoding}"))) as peer,
        fetching(ca_file=authority.ca_file) as it,
        pytest.raises(FetchFailed, match="is compressed"),
    ):
        it.fetch(peer.url())


def test_f15_what_was_compressed_without_saying_so_stays_packed(authority: Authority, certificate: Path) -> None:
    message = answer(PACKED["gzip"], "Content-Encoding: identity")
    with https_peer(certificate, saying(message)) as peer, fetching(ca_file=authority.ca_file) as it:
        assert it.fetch(peer.url()).body == PACKED["gzip"]


def test_f15_a_certificate_of_an_unknown_authority_ends_it_before_the_request(certificate: Path) -> None:
    with (
        https_peer(certificate, saying(answer(b"[]"))) as peer,
        fetching() as it,
        pytest.raises(FetchFailed, match="certificate is not accepted"),
    ):
        it.fetch(peer.url())
    assert peer.requests == []


def test_f15_an_expired_certificate_ends_it_before_the_request(authority: Authority) -> None:
    with (
        https_peer(authority.issue("localhost", expired=True), saying(answer(b"[]"))) as peer,
        fetching(ca_file=authority.ca_file) as it,
        pytest.raises(FetchFailed, match="certificate has expired"),
    ):
        it.fetch(peer.url())
    assert peer.requests == []


@pytest.mark.parametrize(
    "names", [("other.example",), ("127.0.0.1",), ("app.example.evil.example",), ("*.app.example",)]
)
def test_f15_a_certificate_of_another_name_ends_it_before_the_request(
    authority: Authority, names: tuple[str, ...]
) -> None:
    look_up = WrittenAnswers({"app.example": [["127.0.0.1"]]})
    with (
        https_peer(authority.issue(*names), saying(answer(b"[]"))) as peer,
        fetching(ca_file=authority.ca_file, look_up=look_up) as it,
        pytest.raises(FetchFailed, match="certificate is not accepted"),
    ):
        it.fetch(peer.url(host="app.example"))
    assert (peer.server_names, peer.requests) == (["app.example"], [])


def test_f15_a_peer_that_speaks_no_tls_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, fetching() as it:
        port = listener.getsockname()[1]
        listener.close()
        with pytest.raises(FetchFailed, match="cannot be connected to"):
            it.fetch(f"https://localhost:{port}/")
