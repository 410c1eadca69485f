"""Whom both transports believe to be the server, tried at a server that speaks TLS."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from keyfob_client.errors import ConnectionFailed, InvalidConfiguration
from keyfob_client.messages import HttpRequest
from keyfob_client.transports.httpx_async import AsyncHttpxTransport
from keyfob_client.transports.httpx_sync import HttpxTransport
from support_certificates import certificates
from support_process import ServerProcess, serving

pytestmark = pytest.mark.slow
StatusAt = Callable[[str, Path | None], int]


def blocking(url: str, ca_file: Path | None) -> int:
    with HttpxTransport(ca_file=ca_file) as transport:
        return transport.send(HttpRequest("GET", url)).status


def asynchronous(url: str, ca_file: Path | None) -> int:
    async def sending() -> int:
        async with AsyncHttpxTransport(ca_file=ca_file) as transport:
            return (await transport.send(HttpRequest("GET", url))).status

    return asyncio.run(sending())


both = pytest.mark.parametrize("status_at", [blocking, asynchronous])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("tls"), "--tls") as started:
        yield started


@both
def test_a_server_of_the_named_authority_is_believed(server: ServerProcess, status_at: StatusAt) -> None:
    assert status_at(f"{server.issuer}/jwks", server.authority) == 200


@both
def test_without_the_name_of_its_authority_it_is_not(server: ServerProcess, status_at: StatusAt) -> None:
    with pytest.raises(ConnectionFailed):
        status_at(f"{server.issuer}/jwks", None)


@both
def test_by_another_authority_it_is_not_either(server: ServerProcess, status_at: StatusAt, tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailed):
        status_at(f"{server.issuer}/jwks", certificates(tmp_path / "other").authority)


@both
@pytest.mark.parametrize("content", [None, "nonsense"])
def test_a_file_that_holds_no_certificate_is_a_mistake_of_the_app(
    status_at: StatusAt, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InvalidConfiguration, match="The file of trusted certificates cannot be used"):
        status_at("https://localhost/jwks", path)
