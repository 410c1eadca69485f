"""HTTP as bytes over a socket: a request kept in a file is sent as it stands there, but for its placeholders."""

import http.client
import json
import re
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import cast

APPS = Path(__file__).parent / "golden" / "apps"
PATIENCE_S = 60
_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")


@dataclass(frozen=True, slots=True)
class RawAnswer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Of a field that must occur exactly once."""
        (value,) = self.all(name)
        return value

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    def document(self) -> dict[str, object]:
        assert self.header("content-type") == "application/json", self
        return cast("dict[str, object]", json.loads(self.body))


@dataclass(frozen=True, slots=True)
class RawServer:
    """Where the server listens, and by which name its clients call it."""

    port: int
    host: str
    trust: ssl.SSLContext | None = None
    """Whom to believe to be the server; without it the bytes go in clear."""

    def send(self, request: bytes) -> RawAnswer:
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as connection:
            if self.trust is None:
                return _exchanged(connection, request)
            name = self.host.partition(":")[0]
            with self.trust.wrap_socket(connection, server_hostname=name) as secured:
                return _exchanged(secured, request)

    def send_text(self, text: str, more_headers: tuple[str, ...] = ()) -> RawAnswer:
        """Head and body, with line feeds in the head; Host and Content-Length are placeholders."""
        head, _, body = text.partition("\n\n")
        content = body.encode()
        values = {"host": self.host, "content_length": str(len(content))}
        lines = [*filled(head, values).splitlines(), *more_headers]
        return self.send("\r\n".join([*lines, "", ""]).encode() + content)


def _exchanged(connection: socket.socket, request: bytes) -> RawAnswer:
    connection.sendall(request)
    response = http.client.HTTPResponse(connection)
    response.begin()
    return RawAnswer(response.status, tuple(response.getheaders()), response.read())


def filled(text: str, values: dict[str, str]) -> str:
    """`text` with the placeholders replaced that `values` names."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def golden_request(app: str, name: str) -> str:
    return (APPS / app / f"{name}.http").read_text()


def placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))
