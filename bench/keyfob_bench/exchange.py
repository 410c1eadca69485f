from collections.abc import Generator
from typing import NamedTuple


class Answer(NamedTuple):
    """One HTTP response as it came: status code, the head's bytes up to and with the empty line, the whole body."""

    status: int
    head: bytes
    body: bytes


class Exchange(NamedTuple):
    """One HTTP/1.1 request, all its bytes ready to send, and whether its answer completes an operation."""

    request: bytes
    completes: bool


# What one connection says: it is sent each answer, checks it (and raises `WrongAnswer`), and yields the next request.
Script = Generator[Exchange, Answer, None]


class WrongAnswer(Exception):
    """A server answered otherwise than the operation asks; a run with one such answer counts for nothing."""
