"""One server process for each file whose tests leave it as it was."""

from collections.abc import Iterator

import pytest

from support_process import ServerProcess, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("server")) as started:
        yield started
