from collections.abc import Iterator
from pathlib import Path

import pytest

from support_engines import ENGINES, Database, Engine


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


@pytest.fixture
def database(engine: Engine, tmp_path: Path) -> Iterator[Database]:
    url = engine.create(tmp_path)
    yield Database(engine, url)
    engine.take_back(url)
