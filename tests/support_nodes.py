"""Several nodes on one PostgreSQL: server processes of their own, with one issuer and one key file."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo_story.child_process import end, read_until, start
from demo_story.server_process import PROGRAM
from support_postgres import cluster
from support_process import serving

COUNT = 3


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
    with ExitStack() as running:
        demo = running.enter_context(serving(folder, "--database-url", cluster().url(database)))
        configuration = demo.data_dir / "keyfob.toml"
        urls = [demo.base_url]
        for _ in range(COUNT - 1):
            port = free_port()
            # nobody reads what they say later: a full pipe would stop them
            more = {"KEYFOB_PORT": str(port), "KEYFOB_ADMIN_PORT": "0", "KEYFOB_LOG_LEVEL": "error"}
            process = start([PROGRAM, "--config", configuration, "serve"], more=more)
            running.callback(end, process)
            read_until(process, lambda text: "ready: " in text)
            urls.append(f"http://127.0.0.1:{port}")
        secret = (demo.data_dir / "dcr-issuer.secret").read_text().strip()
        yield Nodes(tuple(urls), configuration, database, secret)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
