import asyncio
import io
import logging
import threading

import pytest

from keyfob_server.observability.events import LogEvents
from keyfob_server.observability.logging import configure_logging


class Counting(io.StringIO):
    """Counts what a file would make system calls of."""

    written = 0

    def write(self, text: str, /) -> int:
        self.written += 1
        return super().write(text)


@pytest.fixture
def stream(stream: io.StringIO) -> Counting:  # noqa: ARG001 - it brings the process's logging back
    counting = Counting()
    configure_logging("INFO", counting)
    return counting


def names(stream: io.StringIO) -> list[str]:
    return [line.partition('"event": "')[2].partition('"')[0] for line in stream.getvalue().splitlines()]


def test_lines_of_one_turn_of_the_event_loop_are_written_together_at_its_end(stream: Counting) -> None:

    async def turn() -> None:
        for name in ("one", "two", "three"):
            LogEvents().emit(name)
        assert stream.getvalue() == ""
        await asyncio.sleep(0)
        assert names(stream) == ["one", "two", "three"]

    asyncio.run(turn())
    assert stream.written == 1


def test_a_warning_is_written_at_once_behind_what_waits(stream: Counting) -> None:

    async def turn() -> None:
        LogEvents().emit("one")
        logging.getLogger("keyfob").warning("two")
        assert names(stream) == ["one", "two"]

    asyncio.run(turn())


def test_a_line_of_another_thread_is_written_at_once(stream: Counting) -> None:

    async def turn() -> None:
        LogEvents().emit("one")
        other = threading.Thread(target=LogEvents().emit, args=["two"])
        other.start()
        other.join()
        assert names(stream) == ["one", "two"]

    asyncio.run(turn())


def test_what_an_ended_event_loop_did_not_write_holds_up_nothing(stream: Counting) -> None:
    ended = asyncio.new_event_loop()

    async def turn() -> None:
        LogEvents().emit("one")
        ended.stop()

    task = ended.create_task(turn())
    ended.run_forever()
    assert task.done()
    ended.close()

    async def later() -> None:
        LogEvents().emit("two")
        await asyncio.sleep(0)

    asyncio.run(later())
    assert names(stream) == ["one", "two"]


def test_a_record_goes_to_other_handlers_as_well(stream: Counting) -> None:
    seen = list[logging.LogRecord]()

    class Other(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record)

    logging.root.addHandler(Other())
    LogEvents().emit("one", count=1)
    assert names(stream) == ["one"]
    assert [(one.getMessage(), vars(one)["facts"]) for one in seen] == [("one", {"count": 1})]
