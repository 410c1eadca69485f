"""The schema: from nothing to the newest, once, whoever else tries."""

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

import keyfob_server.storage.migrations
from keyfob_server.storage.migrate import MigrationFailed, current, head, migrate, sqlite_path
from keyfob_server.storage.migrations.__main__ import main

TABLES = {
    "accounts",
    "alembic_version",
    "audit",
    "client_template_versions",
    "client_templates",
    "clients",
    "consents",
    "credentials",
    "delegations",
    "dynamically_registered_clients",
    "initial_tokens",
    "revoked_tokens",
    "sessions",
    "settings",
    "sign_in_failures",
    "signing_keys",
}
WATCHED = {"accounts", "client_templates", "clients", "delegations", "instances"}
"""Whose status a person may change by hand."""


def _schema(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("select type, name from sqlite_master where name not like 'sqlite_%'").fetchall())


@pytest.mark.slow
def test_many_migrations_at_once_make_one_schema_in_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "keyfob.db"
    assert current(path) is None
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, [f"sqlite:///{path}"] * 4))
    assert current(path) == head()
    schema = _schema(path)
    assert {name for kind, name in schema if kind == "table"} == TABLES
    triggers = {name for kind, name in schema if kind == "trigger"}
    assert {name for name in triggers if name.endswith("_by_hand")} == {f"{table}_status_by_hand" for table in WATCHED}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma journal_mode").fetchall() == [("wal",)]
        connection.execute("insert into settings values ('a', 'b', 1)")
        connection.commit()
        sidecars = [Path(f"{path}-{suffix}") for suffix in ("wal", "shm")]
        assert [stat.S_IMODE(sidecar.stat().st_mode) for sidecar in sidecars] == [0o600, 0o600]


@pytest.mark.slow
def test_a_migration_of_a_current_database_changes_nothing(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("insert into settings values ('a', 'b', 1)")
        connection.commit()
    before = _schema(path)
    migrate(f"sqlite:///{path}")
    assert _schema(path) == before
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select name from settings").fetchall() == [("a",)]


def test_the_newest_step_is_the_one_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(keyfob_server.storage.migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    assert head() == ScriptDirectory.from_config(config).get_current_head()


def test_no_step_goes_backwards() -> None:
    versions = Path(keyfob_server.storage.migrations.__file__).parent / "versions"
    steps = sorted(versions.glob("[0-9]*.py"))
    assert steps
    assert not [step.name for step in steps if "def downgrade" in step.read_text(encoding="utf-8")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("sqlite:///{folder}/missing/keyfob.db", "No such file or directory"),
        ("sqlite:///{folder}/text", "file is not a database"),
        ("sqlite:///{folder}", "directory"),
        ("mysql://host/name", "sqlite:///FILE"),
    ],
)
def test_a_migration_that_cannot_be_made_is_refused_in_one_line(tmp_path: Path, url: str, line: str) -> None:
    (tmp_path / "text").write_text("This is a letter, and by no means a database.\n" * 50)
    with pytest.raises(MigrationFailed, match=line) as refusal:
        migrate(url.format(folder=tmp_path))
    assert "\n" not in str(refusal.value)
    assert (tmp_path / "text").read_text().startswith("This is a letter")


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "sqlite:///:memory:", "postgresql://h/d", "keyfob.db"])
def test_what_names_no_file_is_no_database_url(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///FILE"):
        sqlite_path(url)


def test_a_database_url_names_a_relative_or_an_absolute_file() -> None:
    assert sqlite_path("sqlite:///keyfob.db") == Path("keyfob.db")
    assert sqlite_path("sqlite:////var/lib/keyfob.db") == Path("/var/lib/keyfob.db")


@pytest.mark.parametrize("module", ["keyfob_server.storage.migrate", "keyfob_server.storage.sqlite"])
def test_a_server_never_loads_the_migration_libraries(module: str) -> None:
    look = f"import sys, {module}; print([name for name in ('alembic', 'sqlalchemy') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("arguments", [[], ["sqlite:///a", "sqlite:///b"], ["nothing"]])
def test_the_program_refuses_what_is_not_one_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    assert capsys.readouterr().err == "not a database URL of the form sqlite:///FILE\n"
    assert list(tmp_path.iterdir()) == []


def test_a_mode_that_an_administrator_gave_the_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "keyfob.db"
    path.touch()
    path.chmod(0o640)
    assert main([f"sqlite:///{path}"]) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert current(path) == head()
