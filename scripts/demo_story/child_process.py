"""Programs that the story starts: what they say is awaited with a deadline, and they never outlive it."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 30.0
_CHUNK = 65536
_NOTHING_ELSE: Mapping[int, Callable[[bytes], None]] = MappingProxyType({})


class ChildFailed(Exception):
    """One sentence, and the last lines that the program said."""


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables as here, without any setting of Keyfob's; Python programs speak at once."""
    here = {name: value for name, value in os.environ.items() if not name.startswith(("KEYFOB_", "PYTHONPATH"))}
    return here | {"PYTHONUNBUFFERED": "1"} | dict(more or {})


def start(arguments: list[str | Path], *, more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """In a process group of its own, so that Ctrl-C reaches the story alone, which then ends what it started."""
    return subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        cwd=ROOT,
        env=environment(more),
        start_new_session=True,
    )


def say(process: subprocess.Popen[bytes], text: str) -> None:
    """Write to the program's standard input. Raises ChildFailed when nobody reads it any more."""
    if process.stdin is None:
        raise TypeError("the program was started without a standard input")
    try:
        process.stdin.write(text.encode())
    except BrokenPipeError as error:
        raise ChildFailed(f"{name_of(process)} has ended") from error


def read_until(
    process: subprocess.Popen[bytes],
    complete: Callable[[str], bool],
    *,
    meanwhile: Mapping[int, Callable[[bytes], None]] = _NOTHING_ELSE,
    patience_s: float = PATIENCE_S,
) -> str:
    """What the program says until `complete` is true of all of it. Raises ChildFailed when it ends or is too slow.

    `meanwhile`: further file descriptors, and who gets the bytes that come from each.
    """
    if process.stdout is None:
        raise TypeError("the program was started without a standard output")
    said = b""
    deadline = time.monotonic() + patience_s
    with selectors.DefaultSelector() as selector:
        for source in (process.stdout.fileno(), *meanwhile):
            selector.register(source, selectors.EVENT_READ)
        while not complete(said.decode("utf-8", "replace")):
            ready = selector.select(deadline - time.monotonic())
            if not ready:
                raise ChildFailed(_told(f"{name_of(process)} said nothing more for {patience_s:g} s", said))
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                if key.fd in meanwhile:
                    meanwhile[key.fd](chunk)
                elif not chunk:
                    raise ChildFailed(_told(f"{name_of(process)} ended with status {process.wait()}", said))
                else:
                    said += chunk
    return said.decode("utf-8", "replace")


def end(process: subprocess.Popen[bytes], *, patience_s: float = PATIENCE_S) -> int:
    """SIGTERM, and SIGKILL when that is not enough; the exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def name_of(process: subprocess.Popen[bytes]) -> str:
    """The program, and what it was told first, without folders."""
    arguments = process.args if isinstance(process.args, list) else [process.args]
    return " ".join(Path(os.fspath(argument)).name for argument in arguments[:2] if isinstance(argument, str | Path))


def _told(sentence: str, said: bytes) -> str:
    last = said.decode("utf-8", "replace").strip().splitlines()[-8:]
    return "\n    ".join([sentence, *last])
