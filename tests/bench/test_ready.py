"""The load generator against bytes that are ready: it is answered as it was recorded, and sees what is not."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from keyfob_bench.contestant import Operation, Running
from keyfob_bench.exchange import Exchange, WrongAnswer
from keyfob_bench.floor import Recording, start_floor, start_ready
from keyfob_bench.load import drive, read_answer
from keyfob_bench.messages import request
from keyfob_bench.ready import answer_of

pytestmark = pytest.mark.slow

BODY = b'{"a":1}'
HEADERS = [("content-type", "application/json"), ("content-length", "999"), ("cache-control", "no-store")]


def recording(folder: Path, body: bytes = BODY) -> Recording:
    file = folder / "answers.json"
    answers = [[200, HEADERS[::2], BODY.decode()], [200, HEADERS[::2], BODY.decode()]]
    file.write_text(json.dumps(answers))
    asked = [
        Exchange(request("POST", "/0", form={"a": "1"}), completes=False),
        Exchange(request("GET", "/1"), completes=True),
    ]
    operations = (Operation.REFRESH, Operation.SIGN_IN)
    return Recording(file, dict.fromkeys(operations, asked), {one: [body, body] for one in operations})


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Running]:
    started = start_ready(recording(tmp_path), 0)
    try:
        yield started
    finally:
        started.close()


def test_an_answer_that_is_ready_has_its_own_length_and_all_other_headers() -> None:
    answer = answer_of(200, HEADERS, BODY)
    found = read_answer(answer)
    assert found is not None
    assert (found.status, found.body) == (200, BODY)
    assert b"\r\ncontent-length: 7\r\n" in found.head
    assert b"\r\ncache-control: no-store\r\n" in found.head
    assert found.head.count(b"content-length") == 1


def test_an_answer_without_a_body_has_no_length() -> None:
    assert b"content-length" not in answer_of(204, [], b"")


def test_an_http_client_reads_what_is_ready(ready: Running) -> None:
    answer = httpx.get(f"http://127.0.0.1:{ready.address[1]}/1")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, BODY, "application/json")


def test_an_operation_of_two_exchanges_is_driven_and_nobody_signs_in(ready: Running) -> None:
    script = ready.script(Operation.REFRESH, 0)
    assert script is not None
    assert drive(ready.address, [script], 0.2, warm_up_s=0).latencies
    assert ready.script(Operation.SIGN_IN, 0) is None


@pytest.mark.parametrize("start", [start_ready, start_floor])
def test_another_body_than_the_recorded_one_is_a_wrong_answer(
    start: Callable[[Recording, int], Running], tmp_path: Path
) -> None:
    started = start(recording(tmp_path, b"{}"), 0)
    try:
        script = started.script(Operation.REFRESH, 0)
        assert script is not None
        with pytest.raises(WrongAnswer, match="200"):
            drive(started.address, [script], 1, warm_up_s=0)
    finally:
        started.close()


def test_what_is_not_recorded_ends_the_connection(ready: Running) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://127.0.0.1:{ready.address[1]}/2")
