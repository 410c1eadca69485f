"""The real server in demo mode, as a process on a free port."""

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PATIENCE_S = 60.0
_ISSUER = re.compile(r"http://127\.0\.0\.1:\d+/oauth/v2/oauth-anonymous")


@dataclass(frozen=True)
class DemoServer:
    issuer: str
    data_dir: Path

    @property
    def database(self) -> Path:
        return self.data_dir / "keyfob.db"


def read_until(stream: IO[bytes], pattern: str) -> str:
    """What the program says up to and with the first match. AssertionError when it ends or is silent for too long."""
    said, deadline = "", time.monotonic() + PATIENCE_S
    while not re.search(pattern, said):
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"silent after: {said}"
        chunk = os.read(stream.fileno(), 65536)
        assert chunk, f"ended after: {said}"
        said += chunk.decode()
    return said


@contextmanager
def demo_server(data_dir: Path) -> Iterator[DemoServer]:
    program = Path(sys.executable).with_name("keyfob")
    command: list[str | Path] = [program, "serve", "--demo", "--data-dir", data_dir, "--port", "0", "--admin-port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout
        try:
            said = read_until(process.stdout, r"Stop with")
            match = _ISSUER.search(said)
            assert match, said
            yield DemoServer(match.group(), data_dir)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
