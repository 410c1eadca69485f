from collections.abc import Iterator
from pathlib import Path

import pytest

from support_engines import ENGINES, Database, Engine

# a server of PostgreSQL is processes
PARAMETERS = [
    pytest.param(engine, id=engine.name, marks=[pytest.mark.slow] if engine.name == "postgresql" else [])
    for engine in ENGINES
]


@pytest.fixture(params=PARAMETERS)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


@pytest.fixture
def database(engine: Engine, tmp_path: Path) -> Iterator[Database]:
    url = engine.create(tmp_path)
    yield Database(engine, url)
    engine.take_back(url)
