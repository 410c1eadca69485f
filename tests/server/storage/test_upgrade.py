"""A database of the release before: its rows come along, and that release goes on writing after the migration."""

import asyncio
import runpy
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import keyfob_server.storage.migrations
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.records import Registration, RotatingSecret
from keyfob_server.storage.migrate import current, head, migrate
from keyfob_server.storage.sqlite import open_sqlite

VERSIONS = Path(keyfob_server.storage.migrations.__file__).parent / "versions"
OLD_INSERT = """
    insert into dynamically_registered_clients (client_id, client_secret, created, updated, initial_client,
        authenticated_user, attributes, status, scope, redirect_uris, grant_types, account_id, generation, status_by,
        status_reason, secret_expires_at, registration_token, registration_token_expires_at)
    values (?, 'secret', 1, 1, 'app', 'anna', '{"redirect_uris": [], "scope": []}', 'active', '', '', '', 'a', 1, '',
        '', 0, 'token', 9)
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """At the first step, with one instance."""
    path = tmp_path / "keyfob.db"
    first = runpy.run_path(str(VERSIONS / "0001_first.py"))
    with closing(sqlite3.connect(path)) as connection, connection:
        for text in (*first["_TABLES"], *first["_TRIGGERS"]):
            connection.execute(text)
        connection.execute("create table alembic_version (version_num varchar(32) not null primary key)")
        connection.execute("insert into alembic_version values ('0001')")
        connection.execute(OLD_INSERT, ("before",))
    return path


def _registration(path: Path, client_id: str) -> Registration:
    async def load() -> Registration | None:
        store = await open_sqlite(path)
        try:
            return (await store.load_registration(ClientId(client_id))).registration
        finally:
            await store.close()

    found = asyncio.run(load())
    assert found is not None
    return found


@pytest.mark.slow
def test_rows_of_the_first_schema_have_no_overlap_and_the_old_release_goes_on_inserting(old: Path) -> None:
    assert current(old) == "0001"
    migrate(f"sqlite:///{old}")
    assert current(old) == head()
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute(OLD_INSERT, ("after",))
    for client_id in ("before", "after"):
        found = _registration(old, client_id)
        assert (found.client.secret, found.token) == (RotatingSecret("secret", 0), RotatingSecret("token", 9))
