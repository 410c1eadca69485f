"""`keyfob copy`: what it refuses, and in which words."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from keyfob_server.storage.migrate import head
from keyfob_server.storage.sole_server import sole_server
from support_engines import Postgresql
from support_keyfob_program import Installation, Outcome, keyfob_in_terminal
from support_postgres import cluster
from support_sql import change, value

pytestmark = pytest.mark.slow

SOURCE, TARGET = "sqlite:///keyfob.db", "sqlite:///new.db"


def copy(installation: Installation, *, source: str = SOURCE, target: str = TARGET) -> Outcome:
    return installation.keyfob("copy", "--from", source, "--to", target)


@pytest.fixture
def unmade(tmp_path: Path) -> str:
    """A PostgreSQL database without any schema; its URL."""
    name = f"unmade_{abs(hash(tmp_path))}"
    cluster().psql("postgres", f"create database {name}")
    return cluster().url(name)


def test_it_makes_the_schema_fills_it_and_prints_the_rows_of_each_table(
    installation: Installation, unmade: str
) -> None:
    there = installation.keyfob("copy", "--from", SOURCE, "--to", unmade)
    assert (there.code, there.err) == (0, "")
    assert there.out.startswith("ROWS  TABLE\n0     settings\n")
    assert "\n1     accounts\n" in there.out
    assert there.out.endswith("\n3 rows copied; each was compared, and is the same in both.\n")
    rows = installation.keyfob("copy", "--from", unmade, "--to", TARGET, "--json").document()["rows"]
    assert isinstance(rows, dict)
    assert (rows["accounts"], rows["credentials"], rows["audit"], rows["sessions"]) == (1, 1, 1, 0)


def test_whoever_waits_at_a_terminal_sees_how_far_it_is(installation: Installation) -> None:
    code, shown = keyfob_in_terminal("copy", "--from", SOURCE, "--to", TARGET, cwd=installation.folder, typed="")
    assert code == 0
    assert "accounts: 1 copied" in shown
    assert "accounts: 1 compared" in shown


def test_a_target_that_is_not_empty_is_refused_with_the_tables_that_hold_rows(installation: Installation) -> None:
    assert copy(installation).code == 0
    refusal = copy(installation).refusal(4)
    assert refusal == "new.db is not empty (there are rows in accounts, credentials, audit): name a new, empty database"
    assert copy(installation, target=SOURCE).refusal(4) == "source and target are the same database"


def test_a_source_that_is_not_there_is_not_made(installation: Installation) -> None:
    refusal = copy(installation, source="sqlite:///nobody.db").refusal(4)
    assert refusal == "there is no Keyfob database at nobody.db"
    assert sorted(path.name for path in installation.folder.iterdir() if "nobody" in path.name) == []


def test_an_older_source_is_told_to_migrate_and_an_older_target_is_left_alone(installation: Installation) -> None:
    change(installation.database, "update alembic_version set version_num = '0001'")
    refusal = copy(installation).refusal(4)
    assert refusal == (f"the schema of keyfob.db is 0001, and {head()} is the newest: run `keyfob migrate` on it")
    assert not (installation.folder / "new.db").exists()
    change(installation.database, "update alembic_version set version_num = ?", head())
    with closing(sqlite3.connect(installation.folder / "new.db")) as other, other:
        other.execute("create table alembic_version (version_num text)")
        other.execute("insert into alembic_version values ('0001')")
    assert copy(installation).refusal(4) == "new.db holds another schema already: name a new, empty database"
    change(installation.database, "update alembic_version set version_num = '9999'")
    assert "newer than this release" in copy(installation).refusal(4)


@pytest.mark.parametrize("served", ["keyfob.db", "new.db"])
def test_it_is_refused_while_a_server_runs_on_either(installation: Installation, served: str) -> None:
    with sole_server(installation.folder / served):
        assert "another server is running on the database" in copy(installation).refusal(5)
    assert not (installation.folder / "new.db").exists()


def test_a_row_that_cannot_be_copied_is_named_without_its_value(installation: Installation) -> None:
    change(installation.database, "update accounts set email = cast('private' as blob)")
    done = copy(installation, target=Postgresql().create(installation.folder))
    assert done.code == 1
    key = str(value(installation.database, "select id from accounts"))
    assert done.err.splitlines() == [
        f"accounts {key}: email: not a value that the schema knows",
        "keyfob: 1 row cannot be copied or changed meanwhile; the target was left empty",
    ]


@pytest.mark.parametrize("url", ["mysql://keyfob:hunter2@db/x", "postgresql://keyfob:hunter2@[db/x", "keyfob.db"])
def test_a_url_of_no_engine_is_wrong_usage_and_is_not_repeated(installation: Installation, url: str) -> None:
    refusal = copy(installation, target=url).refusal(2)
    assert refusal.startswith("--from and --to take database URLs: sqlite:///FILE or postgresql://USER@HOST/NAME")


def test_a_database_that_cannot_be_reached_is_told_without_the_password(installation: Installation) -> None:
    refusal = copy(installation, target="postgresql://keyfob:hunter2@127.0.0.1:1/x").refusal(5)
    assert refusal.startswith("cannot use the database")
    assert "hunter2" not in refusal
