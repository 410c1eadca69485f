import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from keyfob_bench.exchange import Answer, Exchange, Script, WrongAnswer
from keyfob_bench.load import Measured, drive, read_answer

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\n\r\n"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-length:2\r\n\r\nok"


@contextmanager
def answering(*pieces: bytes, hang_up: bool = False) -> Iterator[tuple[str, int]]:
    """A server that answers each request with the pieces, one send for each; then it may hang up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve(connection: socket.socket) -> None:
            # whoever measured goes away in the middle
            with connection, suppress(ConnectionError):
                while connection.recv(65536):
                    for piece in pieces:
                        connection.sendall(piece)
                    if hang_up:
                        return

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listening.getsockname()[:2]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def asking(heard: list[Answer], *, exchanges: int = 1) -> Script:
    while True:
        for number in range(exchanges):
            answer = yield Exchange(REQUEST, completes=number == exchanges - 1)
            if answer.body != b"ok":
                raise WrongAnswer(repr(answer.body))
            heard.append(answer)


@pytest.mark.parametrize(
    ("pieces", "hang_up", "status"),
    [
        ((PLAIN,), False, 200),
        ((CHUNKED,), False, 201),
        ((CLOSING,), True, 200),
        (tuple(bytes((byte,)) for byte in PLAIN), False, 200),
    ],
    ids=["plain", "chunked", "closing", "byte by byte"],
)
def test_each_script_asks_again_when_it_was_answered(pieces: tuple[bytes, ...], hang_up: bool, status: int) -> None:  # noqa: FBT001 - a table's column
    heard: list[list[Answer]] = [[], [], []]
    with answering(*pieces, hang_up=hang_up) as address:
        measured = drive(address, [asking(one) for one in heard], 0.2, warm_up_s=0)
    assert min(len(one) for one in heard) >= 2
    assert {answer.status for one in heard for answer in one} == {status}
    assert 0 < len(measured.latencies) <= sum(len(one) for one in heard)


def test_an_operation_of_several_exchanges_counts_once_with_the_time_of_all() -> None:
    heard: list[Answer] = []
    with answering(PLAIN) as address:
        measured = drive(address, [asking(heard, exchanges=4)], 0.2, warm_up_s=0)
    # the one that was under way at the end may have been heard, and does not count
    assert len(heard) // 4 - 1 <= len(measured.latencies) <= len(heard) // 4
    assert sum(measured.latencies) <= 0.2


def test_what_was_answered_in_the_warm_up_does_not_count() -> None:
    heard: list[Answer] = []
    with answering(PLAIN) as address:
        measured = drive(address, [asking(heard)], 0.1, warm_up_s=0.2)
    assert 0 < len(measured.latencies) < len(heard)
    assert len(measured.latencies) < measured.completed <= len(heard)


@pytest.mark.parametrize(
    "answer",
    [PLAIN.replace(b"ok", b"no"), PLAIN[:-1], b"HTTP/1.1 200 OK\r\nServer: a\r\n\r\nok", b""],
    ids=["wrong", "cut off", "without a length", "nothing"],
)
def test_a_run_with_one_wrong_answer_counts_for_nothing(answer: bytes) -> None:
    with answering(answer, hang_up=True) as address, pytest.raises(WrongAnswer):
        drive(address, [asking([])], 5)


@pytest.mark.parametrize("whole", [PLAIN, CHUNKED, CLOSING, b"HTTP/1.1 204 No Content\r\n\r\n"])
def test_an_answer_is_read_when_its_last_byte_is_there_and_not_before(whole: bytes) -> None:
    assert [read_answer(whole[:size]) for size in range(len(whole))] == [None] * len(whole)
    assert read_answer(whole) is not None


def test_a_percentile_is_the_latency_that_so_many_operations_kept() -> None:
    measured = Measured(2.0, tuple(number / 100 for number in range(100)))
    assert (measured.rate, measured.percentile(0.5), measured.percentile(0.99), measured.percentile(1)) == (
        50, 0.5, 0.99, 0.99,
    )  # fmt: skip
