import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from keyfob_bench.contestant import Operation
from keyfob_bench.exchange import Script
from keyfob_bench.processes import family
from keyfob_bench.provider import Provider

_PATIENCE_S: Final = 30
# however the bench ends, what it started ends with it
_MORTAL: Final = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()


@dataclass(slots=True)
class Server:
    """contestant.Running: a process, with the workers that it started."""

    address: tuple[str, int]
    process: subprocess.Popen[bytes]
    provider: Provider
    settings: Sequence[str]
    database: Callable[[], Sequence[int]] = tuple
    """The processes of its database at that moment."""
    at_rest_mib: float = 0.0
    elsewhere: Mapping[Operation, tuple[str, int]] = field(default_factory=dict)
    """What it does at another address."""
    renew: "Callable[[Provider], Provider]" = lambda provider: provider
    """What is said to it by clients and people whose sessions may have become too old."""

    @property
    def pids(self) -> Sequence[int]:
        return family(self.process.pid)

    @property
    def database_pids(self) -> Sequence[int]:
        return self.database()

    def address_of(self, operation: str) -> tuple[str, int]:
        return next((address for one, address in self.elsewhere.items() if one == operation), self.address)

    def prepare(self) -> None:
        self.provider = self.renew(self.provider)

    def script(self, operation: Operation, connection: int) -> Script | None:
        return self.provider.script(operation, connection)

    def close(self) -> None:
        end(self.process)


def start_on(
    core: int, command: Sequence[str | Path], folder: Path, variables: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """A process on one processor; what it says goes to `output` in the folder."""
    with (folder / "output").open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - the bench starts what it measures
            [*_MORTAL, "taskset", "--cpu-list", str(core), *command],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **(variables or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def ended_unless_started(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever goes wrong in the set-up, the process does not stay."""
    try:
        yield
    except BaseException:
        end(process)
        raise


def metadata(process: subprocess.Popen[bytes], url: str, patience_s: float = _PATIENCE_S) -> dict[str, str]:
    """The addresses in a server's metadata, as paths. Raises as `wait_for`."""
    found = wait_for(process, url, patience_s).raise_for_status().json()
    return {name: httpx.URL(value).path for name, value in found.items() if name.endswith(("_endpoint", "_uri"))}


def wait_for(process: subprocess.Popen[bytes], url: str, patience_s: float = _PATIENCE_S) -> httpx.Response:
    """The first answer of a server that was just started. Raises RuntimeError when it ends, or says nothing."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            return httpx.get(url)
        time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")
