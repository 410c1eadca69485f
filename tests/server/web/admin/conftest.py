"""One running server for each file: its tests register instances of their own."""

from collections.abc import Iterator

import pytest

from support_app import Keyfob, running_keyfob


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running
