from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from support_process import ServerProcess, serving
from support_remote_app import Landing, RemoteApp, open_landing

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One for all: each test has browser contexts and instances of its own."""
    with serving(tmp_path_factory.mktemp("live")) as started:
        yield started


@pytest.fixture
def app(server: ServerProcess) -> RemoteApp:
    return RemoteApp(server.base_url)


@pytest.fixture
def landing() -> Iterator[Landing]:
    with open_landing() as opened:
        yield opened
