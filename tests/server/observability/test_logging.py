import asyncio
import io
import json
import logging
import re
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keyfob_server.observability.clock import SystemClock
from keyfob_server.observability.events import LogEvents
from keyfob_server.observability.lines import MAX_FACTS
from keyfob_server.observability.logging import MAX_TRACE_LINES, configure_logging
from keyfob_server.ports.world import REQUEST_ID, Clock, Events

SECRET = "tfs9nad3dweFAa1CqpUj5p6NC4-092hb5Gg4SVRhOkc"
PASSWORD = "Password1"
Line = dict[str, Any]


def lines_of(stream: io.StringIO) -> list[Line]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def only_line(stream: io.StringIO) -> Line:
    (line,) = lines_of(stream)
    return line


def fail_with(error: Exception, *, cause: Exception | None = None) -> None:
    raise error from cause


def test_an_event_is_one_line_with_its_facts(stream: io.StringIO) -> None:
    events: Events = LogEvents()
    events.emit("instance.registered", client_id="0197a1c2", revoked=False, counter=3, owner=None)
    line = only_line(stream)
    assert stream.getvalue().endswith("}\n")
    assert line.keys() == {"time", "level", "logger", "event", "facts"}
    assert (line["level"], line["logger"], line["event"]) == ("info", "keyfob.events", "instance.registered")
    assert line["facts"] == {"client_id": "0197a1c2", "revoked": False, "counter": 3, "owner": None}


def test_the_time_is_utc_in_iso_form(stream: io.StringIO) -> None:
    logging.getLogger("keyfob").info("hello")
    text = only_line(stream)["time"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert abs(datetime.fromisoformat(text) - datetime.now(UTC)) < timedelta(hours=1)


def test_a_line_carries_the_id_of_its_own_request(stream: io.StringIO) -> None:
    async def request(request_id: str) -> None:
        REQUEST_ID.set(request_id)
        await asyncio.sleep(0)
        LogEvents().emit(request_id)
        await asyncio.to_thread(LogEvents().emit, request_id)

    async def all_at_once() -> None:
        await asyncio.gather(*(request(f"r{number}") for number in range(20)))

    asyncio.run(all_at_once())
    logging.getLogger("keyfob").info("outside")
    *inside, outside = lines_of(stream)
    assert len(inside) == 40
    assert all(line["request_id"] == line["event"] for line in inside)
    assert "request_id" not in outside


HOSTILE = [
    'x\r\n{"event":"forged"}',
    "x\n",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m",
    "\x7f\x08\x00",
    "\u2028\u2029\u0085",
    "\u202egnp.exe",
    "\ud800",
    "\u00e9\U0001f511",
    '","level":"error',
]


@pytest.mark.parametrize("payload", HOSTILE)
def test_m6_no_text_breaks_out_of_its_line_or_reaches_a_terminal(stream: io.StringIO, payload: str) -> None:
    REQUEST_ID.set(payload)
    try:
        LogEvents().emit("sign_in.failed" + payload, reason=payload, **{payload: payload})
        logging.getLogger("keyfob" + payload).warning("said %s", payload)
        try:
            fail_with(ValueError(payload))
        except ValueError:
            logging.getLogger("keyfob").exception("failed")
    finally:
        REQUEST_ID.set("")
    written = stream.getvalue()
    assert re.fullmatch(r"(?:[ -~]+\n){3}", written)
    event, warning, error = lines_of(stream)
    assert event["facts"]["reason"] == payload
    assert warning["event"] == f"said {payload}"
    assert (event["level"], warning["level"], error["level"]) == ("info", "warning", "error")
    assert error["exception"]["type"] == "ValueError"


def test_m5_a_planted_secret_never_comes_out_at_debug_however_it_is_logged(stream: io.StringIO) -> None:
    logger = logging.getLogger("keyfob.anything")
    logger.debug(SECRET)
    logger.debug("value %s", SECRET)
    logger.debug("form password=%s&code=%s", PASSWORD, SECRET)
    logger.debug("headers %r", {"Authorization": f"Bearer {SECRET}", "x": 1})
    logger.debug("facts", extra={"facts": {"password": PASSWORD, "body": {"x": SECRET}, "reason": f"saw {SECRET}"}})
    logger.debug("extra", extra={"presented": SECRET, "form": PASSWORD})
    # A wrong number of arguments makes the formatting itself fail.
    logger.debug("two %s %s", SECRET + PASSWORD)  # noqa: PLE1206 - the mistake is the test
    logger.debug("number %d", PASSWORD)
    try:
        fail_with(RuntimeError(f"cannot use {SECRET}"), cause=KeyError(PASSWORD + SECRET))
    except RuntimeError:
        logger.exception("failed with client_secret=%s", SECRET)
    written = stream.getvalue()
    assert len(lines_of(stream)) == 9
    assert SECRET not in written
    assert PASSWORD not in written


def test_m5_a_log_that_cannot_be_written_prints_nothing_elsewhere(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    stream.close()
    logging.getLogger("keyfob").error("value %s", PASSWORD)
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_what_hangs_on_a_record_beside_the_facts_is_not_written(stream: io.StringIO) -> None:
    logging.getLogger("keyfob").info("hello", extra={"color_message": "\x1b[1mhello", "facts": "no mapping"})
    assert only_line(stream).keys() == {"time", "level", "logger", "event"}


def test_a_line_is_bounded_whatever_is_logged(stream: io.StringIO) -> None:
    # Two functions by turns: the traceback of one that calls itself is shortened by Python.
    def fail(depth: int) -> None:
        if depth:
            fail_deeper(depth)
        raise ValueError("word " * 100_000)

    def fail_deeper(depth: int) -> None:
        fail(depth - 1)

    try:
        fail(200)
    except ValueError:
        facts = {f"fact {number} " * 50: "word " * 10_000 for number in range(1000)}
        logging.getLogger("keyfob").exception("word " * 100_000, extra={"facts": facts})
    line = only_line(stream)
    assert len(line["facts"]) == MAX_FACTS
    assert len(line["exception"]["trace"]) == MAX_TRACE_LINES
    assert len(stream.getvalue()) < 120_000


def test_an_exception_is_told_with_its_place(stream: io.StringIO) -> None:
    try:
        fail_with(LookupError("no such thing"))
    except LookupError:
        logging.getLogger("keyfob").exception("failed")
    told = only_line(stream)["exception"]
    assert told["type"] == "LookupError"
    assert told["trace"][-1] == "LookupError: no such thing"
    assert any("test_logging.py" in entry for entry in told["trace"])


def test_a_record_that_cannot_be_formatted_is_a_line_of_its_own(stream: io.StringIO) -> None:
    class Unprintable:
        def __str__(self) -> str:
            raise RuntimeError(SECRET)

    logging.getLogger("keyfob").info("value %s", Unprintable())
    line = only_line(stream)
    assert line["event"] == "log record could not be written: RuntimeError"
    assert SECRET not in stream.getvalue()


def test_below_the_level_nothing_is_written() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    try:
        configure_logging("warning", stream)
        LogEvents().emit("quiet")
        logging.getLogger("keyfob").warning("loud")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(capture=False)
    assert [line["event"] for line in lines_of(stream)] == ["loud"]


def test_a_level_that_there_is_none_of_is_an_error(stream: io.StringIO) -> None:
    with pytest.raises(ValueError, match="LOUD"):
        configure_logging("loud", stream)


def test_by_default_the_log_goes_to_standard_error(stream: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    LogEvents().emit("hello")
    captured = capsys.readouterr()
    assert json.loads(captured.err)["event"] == "hello"
    assert captured.out == ""
    assert stream.getvalue() == ""


def test_a_warning_is_a_log_line(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        configure_logging("INFO", stream)
        warnings.warn("something is deprecated", stacklevel=1)
        logging.captureWarnings(capture=False)
    assert "something is deprecated" in only_line(stream)["event"]


def test_the_clock_tells_epoch_seconds() -> None:
    clock: Clock = SystemClock()
    assert datetime.fromtimestamp(clock.now(), UTC) - datetime.now(UTC) < timedelta(minutes=1)
    assert isinstance(clock.now(), int)
