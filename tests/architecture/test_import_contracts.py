import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from source_tree import ROOT, SOURCES

pytestmark = pytest.mark.slow

PLANTED = [
    ("keyfob_protocol", "import keyfob_server", "Distributions"),
    ("keyfob_client", "import keyfob_server", "Distributions"),
    ("keyfob_server/rules", "import keyfob_server.ports", "Server"),
    ("keyfob_server/storage", "import keyfob_server.crypto", "Server"),
    ("keyfob_server/a_new_folder", "", "Server"),
    ("keyfob_server/rules", "import datetime", "Protocol and rules"),
    ("keyfob_protocol", "import logging", "Protocol and rules"),
    ("keyfob_server/endpoints", "import starlette.requests", "The web framework"),
    ("keyfob_server/crypto", "import sqlite3", "The database drivers"),
    ("keyfob_server/composition", "import asyncpg", "The database drivers"),
    ("keyfob_server/storage", "import sqlalchemy", "The migration tools"),
    ("keyfob_server/web", "from cryptography.hazmat.primitives import hashes", "Cryptographic libraries"),
    ("keyfob_server/endpoints", "import msgspec", "msgspec"),
    ("keyfob_server/web", "import click", "click"),
    ("keyfob_client", "import httpx", "httpx"),
    ("keyfob_server/endpoints", "import httpx", "httpx"),
    ("keyfob_server/outbound", "import keyfob_server.storage", "Server"),
    ("keyfob_client/transports", "import keyring", "keyring"),
]


def verdicts(sources: Path) -> str:
    """The report of import-linter over a copy of the packages."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("lint-imports")),
            "--no-logo",
            "--no-cache",
            "--config",
            str(ROOT / ".importlinter"),
        ],
        cwd=sources,
        env=os.environ | {"PYTHONPATH": str(sources), "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture
def copied_sources(tmp_path: Path) -> Path:
    for source in SOURCES:
        shutil.copytree(source, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_contracts_hold_for_the_packages_as_they_are(copied_sources: Path) -> None:
    assert "0 broken" in verdicts(copied_sources)


@pytest.mark.parametrize(("folder", "statement", "contract"), PLANTED)
def test_a_contract_notices_an_import_where_it_does_not_belong(
    copied_sources: Path, folder: str, statement: str, contract: str
) -> None:
    package = copied_sources / folder
    package.mkdir(exist_ok=True)
    (package / "__init__.py").touch()
    (package / "planted.py").write_text(f"{statement}\n", "utf-8")
    broken = [line for line in verdicts(copied_sources).splitlines() if " BROKEN" in line]
    assert any(line.startswith(contract) for line in broken)
