"""The programs that people open a database with."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Shell:
    """`sqlite3` or `psql`, as a person uses it who waits while the server writes."""

    def __init__(self, command: Sequence[str], mark: str) -> None:
        """`mark`: what makes the program print the word `done`."""
        self._mark = mark
        self._program = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    @property
    def pid(self) -> int:
        return self._program.pid

    def say(self, text: str) -> list[str]:
        """What it prints for a text."""
        assert self._program.stdin is not None
        self._program.stdin.write(f"{text}\n{self._mark}\n")
        self._program.stdin.flush()
        return list(iter(self._line, "done"))

    def _line(self) -> str:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        assert line, "the program ended"
        return line.rstrip("\n")

    def kill(self) -> None:
        self._program.kill()
        self._program.communicate()


@contextmanager
def shell(command: Sequence[str], mark: str) -> Iterator[Shell]:
    opened = Shell(command, mark)
    try:
        yield opened
    finally:
        opened.kill()
