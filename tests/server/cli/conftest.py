import shutil
from pathlib import Path

import pytest

from support_keyfob_program import Installation, keyfob


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installation")
    made = keyfob("init", "--data-dir", "data", "--json", cwd=folder).document()
    return Installation(folder / "data", str(made["password"]))


@pytest.fixture
def installation(made_once: Installation, tmp_path: Path) -> Installation:
    """A copy of a new installation, for one test alone."""
    return Installation(shutil.copytree(made_once.folder, tmp_path / "data"), made_once.password)
