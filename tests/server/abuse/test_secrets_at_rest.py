"""Every secret of a whole journey is searched in the database's files and in the pages; a planted one is found."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from support_app import Keyfob, running_keyfob
from support_secrets import Journey, files_with, found, whole_journey

KINDS: Final = {
    *("access_token", "refresh_token", "id_token", "client_secret", "registration_access_token", "code", "verifier"),
    *("keyfob-browser cookie", "keyfob-session cookie", "keyfob-device cookie"),
    *("form state", "password", "invented", "Basic credentials"),
}


@pytest.fixture(scope="module")
def travelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Keyfob, Journey]]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as keyfob:
        yield keyfob, whole_journey(keyfob.request)


def test_m1_the_journey_made_secrets_of_every_kind(travelled: tuple[Keyfob, Journey]) -> None:
    _, journey = travelled
    assert {kind for kind, values in journey.secrets.items() if values} == KINDS
    assert all(len(value) >= 9 for values in journey.secrets.values() for value in values)


def test_m1_no_secret_stands_in_the_database_its_log_or_its_index(travelled: tuple[Keyfob, Journey]) -> None:
    keyfob, journey = travelled
    folder = keyfob.database.parent
    assert {path.name for path in folder.iterdir()} >= {"keyfob.db", "keyfob.db-wal", "keyfob.db-shm"}
    assert files_with(journey.secrets, folder) == {}


def test_m1_no_secret_stands_in_a_copy_or_a_dump_of_the_database(
    travelled: tuple[Keyfob, Journey], tmp_path: Path
) -> None:
    keyfob, journey = travelled
    with closing(sqlite3.connect(keyfob.database)) as shell:
        shell.execute("vacuum into ?", (str(tmp_path / "copy.db"),))
        dump = "\n".join(shell.iterdump())
    assert "dynamically_registered_clients" in dump
    assert found(journey.secrets, dump.encode()) == []
    assert files_with(journey.secrets, tmp_path) == {}


def test_m1_no_page_shows_a_secret_but_the_state_of_its_own_form(travelled: tuple[Keyfob, Journey]) -> None:
    _, journey = travelled
    # what a person typed as a user name comes back in its field
    hidden = {kind: values for kind, values in journey.secrets.items() if kind != "form state"}
    untyped = hidden | {"invented": set(), "password": {"Not-The-Password-77"}}
    typed = [page for page in journey.pages if 'name="username"' in page]
    others = [page for page in journey.pages if 'name="username"' not in page]
    assert len(typed) > 5
    assert len(others) > 50
    assert found(hidden, "".join(others).encode()) == []
    typed_as_names = {"access_token", "client_secret"}
    assert set(found(untyped, "".join(typed).encode())) <= typed_as_names


def test_m1_the_search_finds_a_secret_that_was_planted(travelled: tuple[Keyfob, Journey], tmp_path: Path) -> None:
    keyfob, journey = travelled
    with closing(sqlite3.connect(keyfob.database)) as shell:
        shell.execute("vacuum into ?", (str(tmp_path / "copy.db"),))
    for kind, values in journey.secrets.items():
        for value in values:
            with closing(sqlite3.connect(tmp_path / "copy.db")) as copy, copy:
                copy.execute("update accounts set name = ?", (f"x{value}y",))
            assert kind in files_with({kind: {value}}, tmp_path).get("copy.db", []), kind


def test_m1_the_search_finds_a_secret_in_a_write_ahead_log_that_nobody_put_back(
    travelled: tuple[Keyfob, Journey], tmp_path: Path
) -> None:
    _, journey = travelled
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as shell:
        shell.execute("pragma journal_mode = wal")
        shell.execute("create table t (x)")
        shell.execute("insert into t values (?)", (next(iter(journey.secrets["client_secret"])),))
        assert files_with(journey.secrets, tmp_path) == {"a.db-wal": ["client_secret"]}
