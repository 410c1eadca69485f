"""An https server that the guarded fetcher may reach."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support_https_peer import Authority, HttpsPeer, answer, https_peer, new_authority, saying


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return new_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Path:
    """Of the peer that tests mean to reach."""
    return authority.issue("localhost", "app.example")


@pytest.fixture
def peer(certificate: Path) -> Iterator[HttpsPeer]:
    """Answers a small JSON document."""
    with https_peer(certificate, saying(answer(b'["a"]'))) as running:
        yield running
