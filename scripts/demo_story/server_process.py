"""The server as an operator starts it: a process of its own, with demo data."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from demo_story.child_process import ROOT, ChildFailed, end, read_until, start

PROGRAM = Path(sys.executable).with_name("keyfob")


@dataclass(frozen=True, slots=True)
class Request:
    """What the server's log tells of a request."""

    method: str
    path: str
    status: int


@dataclass(frozen=True, slots=True)
class ServerOptions:
    tls: bool = False
    database_url: str | None = None
    """Of an empty PostgreSQL database; None: a file in the data folder."""

    def arguments(self) -> tuple[str, ...]:
        """Of `keyfob serve --demo`."""
        url = ("--database-url", self.database_url) if self.database_url else ()
        return (*(("--tls",) if self.tls else ()), *url)


@dataclass(frozen=True, slots=True)
class ServerProcess:
    issuer: str
    admin_url: str
    authority: Path | None
    """The certificate authority to trust, with `--tls`."""
    data_dir: Path
    process: subprocess.Popen[bytes]

    @property
    def base_url(self) -> str:
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def database(self) -> Path:
        return self.data_dir / "keyfob.db"

    @property
    def log_file(self) -> Path:
        return self.data_dir / "server.log"

    def log_lines(self) -> list[dict[str, object]]:
        """Every event so far; the data folder keeps those of earlier starts too."""
        return [json.loads(line) for line in self.log_file.read_text().splitlines()]

    def requests(self) -> list[Request]:
        """The requests so far, in order: the server writes one down before it reads the next."""
        facts = [line.get("facts") for line in self.log_lines() if line.get("event") == "request"]
        return [
            Request(str(fact["method"]), str(fact["path"]), int(fact["status"]))
            for fact in facts
            if isinstance(fact, dict)
        ]

    def stop(self) -> int:
        """By SIGTERM, as a service manager does; the exit status. May be called twice."""
        return end(self.process)

    def kill(self) -> None:
        """As a power cut does."""
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(data_dir: Path, *arguments: str) -> Iterator[ServerProcess]:
    """`keyfob serve --demo`, ready to serve, on ports that the system picks. Raises ChildFailed when it does not start.

    `arguments` are further options. The same folder has the same issuer each time, as long as its port is free.
    """
    ports = ("--port", "0", "--admin-port", "0")
    process = start([PROGRAM, "serve", "--demo", "--data-dir", data_dir, *ports, *arguments])
    try:
        said = read_until(process, lambda text: "Stop with Ctrl-C." in text)
        issuer, admin_url = _announced(said, "issuer"), _announced(said, "admin")
        authority = Path(_announced(said, "trust")) if "--tls" in arguments else None
        yield ServerProcess(issuer, admin_url, authority, data_dir, process)
    finally:
        end(process)


def _announced(said: str, name: str) -> str:
    found = re.search(rf"^ +{name} +(\S+)(?:   .*)?$", said, re.MULTILINE)
    if found is None:
        raise ChildFailed(f"the server did not say its {name}")
    return found[1]


def shown_path(path: Path) -> str:
    """Short for a person who stands in the checkout."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
