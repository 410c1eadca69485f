"""One JSON object a line, in ASCII, so that no log line can fake another or steer a terminal."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from json.encoder import encode_basestring_ascii as quoted

from keyfob_server.observability.redaction import MAX_NAME, redact_fact, redact_text
from keyfob_server.ports.world import REQUEST_ID

MAX_FACTS = 32
_SHORT = 32

_CONSTANTS: Mapping[object, str] = {True: "true", False: "false", None: "null"}


def line_of(
    created: float, level: str, logger: str, event: str, facts: Mapping[str, object], *, exception: str = ""
) -> str:
    """`time level logger event`, and `request_id facts exception` when there are any.

    `created` is in epoch seconds, `level` a lower-case name, `exception` a JSON text. Everything that is not printable
    ASCII becomes an escape, DEL and lone surrogates too.
    """
    milliseconds = int(created * 1000)
    head = f'{{"time": "{_second(milliseconds // 1000)}.{milliseconds % 1000:03d}Z"{_origin(level, logger)}'
    members = _event(event) if len(event) <= _SHORT else f', "event": {quoted(redact_text(event))}'
    if request_id := REQUEST_ID.get():
        members += f', "request_id": {quoted(request_id[:MAX_NAME])}'
    if facts:
        members += f', "facts": {{{_facts(facts)}}}'
    if exception:
        members += f', "exception": {exception}'
    return f"{head}{members}}}"


def _facts(facts: Mapping[str, object]) -> str:
    return ", ".join(
        [
            _short_fact(name, value)
            if type(value) is str and len(value) <= _SHORT
            else f"{_name(str(name))}: {_written(redact_fact(str(name), value))}"
            for name, value in islice(facts.items(), MAX_FACTS)
        ]
    )


@lru_cache(maxsize=1024)
def _short_fact(name: str, value: str) -> str:
    """Names, paths and kinds come again and again; ids are longer."""
    return f"{_name(name)}: {_written(redact_fact(name, value))}"


@lru_cache(maxsize=256)
def _event(event: str) -> str:
    return f', "event": {quoted(redact_text(event))}'


def _written(value: str | int | None) -> str:
    if isinstance(value, str):
        return quoted(value)
    return _CONSTANTS[value] if value is None or value is True or value is False else str(value)


@lru_cache(maxsize=256)
def _name(name: str) -> str:
    return quoted(name[:MAX_NAME])


@lru_cache(maxsize=2)
def _second(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@lru_cache(maxsize=64)
def _origin(level: str, logger: str) -> str:
    return f', "level": {quoted(level)}, "logger": {quoted(logger[:MAX_NAME])}'
