from pathlib import Path

import pytest

from keyfob_server.storage.migrate import sqlite_path
from support_engines import Database, Sqlite


@pytest.fixture
def database(tmp_path: Path) -> Database:
    engine = Sqlite()
    return Database(engine, engine.create(tmp_path))


@pytest.fixture
def path(database: Database) -> Path:
    return sqlite_path(database.url)
