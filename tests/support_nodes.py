"""Several nodes on one PostgreSQL: server processes of their own, with one issuer and one key file."""

import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from demo_story.child_process import end, read_until, start
from demo_story.server_process import PROGRAM
from support_postgres import cluster
from support_process import serving

COUNT = 3


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass
class Node:
    """A server process that may end and begin again at the same place."""

    configuration: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    """`KEYFOB_*` variables over the file's."""
    port: int = field(default_factory=free_port)
    admin_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def readiness_url(self) -> str:
        return f"http://127.0.0.1:{self.admin_port}/health/ready"

    def start(self) -> None:
        # nobody reads what they say later: a full pipe would stop them
        ports = {"KEYFOB_PORT": str(self.port), "KEYFOB_ADMIN_PORT": str(self.admin_port), "KEYFOB_LOG_LEVEL": "error"}
        self._process = start([PROGRAM, "--config", self.configuration, "serve"], more=ports | dict(self.settings))
        read_until(self._process, lambda text: "ready: " in text)

    def tell_to_stop(self) -> None:
        """Without waiting."""
        assert self._process is not None
        self._process.terminate()

    def stop(self) -> int:
        """By SIGTERM; the exit status. May be called twice."""
        assert self._process is not None
        return end(self._process)


@contextmanager
def started(*nodes: Node) -> Iterator[None]:
    with ExitStack() as running:
        for node in nodes:
            node.start()
            running.callback(node.stop)
        yield


@dataclass(frozen=True, slots=True)
class Nodes:
    urls: tuple[str, ...]
    configuration: Path
    database: str
    """The name of the PostgreSQL database."""
    issuer_secret: str
    """Of the client `dcr-issuer`."""


@contextmanager
def running_nodes(folder: Path, database: str) -> Iterator[Nodes]:
    """The demo's data in an empty database of that name; the demo's own server is the first node."""
    with serving(folder, "--database-url", cluster().url(database)) as demo:
        configuration = demo.data_dir / "keyfob.toml"
        others = [Node(configuration) for _ in range(COUNT - 1)]
        secret = (demo.data_dir / "dcr-issuer.secret").read_text().strip()
        with started(*others):
            yield Nodes((demo.base_url, *(node.url for node in others)), configuration, database, secret)
