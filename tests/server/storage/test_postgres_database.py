"""storage.postgres_database: opening, refusing, migrating."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.databases import Database, database_of
from keyfob_server.storage.migrate import MigrationFailed, head
from support_engines import Postgresql
from support_postgres import cluster

pytestmark = pytest.mark.slow


@pytest.fixture
def empty(request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"empty_{abs(hash(request.node.name))}"
    cluster().psql("postgres", f"create database {name}")
    yield name
    cluster().psql("postgres", f"drop database {name} with (force)")


def refusal(database: Database) -> str:
    with pytest.raises(StorageUnavailable) as refused:
        asyncio.run(database.open())
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_an_empty_database_wants_a_migration_and_takes_it_once(empty: str) -> None:
    database = database_of(cluster().url(empty))
    assert not asyncio.run(database.exists())
    assert refusal(database) == "there is no Keyfob schema in the database: run `keyfob migrate`"
    asyncio.run(database.migrate_if_needed())
    assert asyncio.run(database.exists())
    assert cluster().psql(empty, "select version_num from alembic_version") == f"{head()}\n"


def test_migrations_at_once_are_one_migration(empty: str) -> None:
    def migrate(_number: int) -> None:
        asyncio.run(database_of(cluster().url(empty)).migrate_if_needed())

    with ThreadPoolExecutor(4) as several:
        list(several.map(migrate, range(4)))
    assert cluster().psql(empty, "select version_num from alembic_version") == f"{head()}\n"


def test_an_older_schema_wants_a_migration(empty: str) -> None:
    database = database_of(cluster().url(empty))
    asyncio.run(database.migrate_if_needed())
    cluster().psql(empty, "update alembic_version set version_num = '0000'")
    assert refusal(database) == f"the schema is 0000, and {head()} is needed: run `keyfob migrate`"


@pytest.mark.parametrize("name", ["synchronous_commit"])
def test_a_database_that_would_lose_what_it_acknowledged_is_refused(empty: str, name: str) -> None:
    cluster().psql("postgres", f"alter database {empty} set {name} = off")
    expected = f"the database has {name} off, and would lose what it acknowledged: switch it on"
    assert refusal(database_of(cluster().url(empty))) == expected
    with pytest.raises(MigrationFailed, match=expected):
        asyncio.run(database_of(cluster().url(empty)).migrate_if_needed())


def test_a_database_that_is_not_there_is_named_without_its_password() -> None:
    url = cluster().url("nobody_made_it").replace("keyfob@", "keyfob:hunter2@")
    text = refusal(database_of(url))
    assert text == (
        'cannot use the database: SQLSTATE 3D000: InvalidCatalogNameError: database "nobody_made_it" does not exist'
    )
    assert "hunter2" not in repr(database_of(url)) + database_of(url).name


def test_a_server_that_is_not_there_is_unavailable() -> None:
    assert "cannot use the database" in refusal(database_of("postgresql://keyfob@127.0.0.1:1/keyfob"))


def test_while_a_node_is_connected_no_restore_is_declared(tmp_path: Path) -> None:
    url = Postgresql().create(tmp_path)

    async def connected() -> None:
        store = await database_of(url, serving=True).open()
        await store.ping()
        with pytest.raises(StorageUnavailable, match="servers are running on the database keyfob_"):
            await asyncio.to_thread(enter)
        await store.close()

    def enter() -> None:
        with database_of(url).without_servers():
            pass

    asyncio.run(connected())


def test_any_number_of_nodes_may_serve(tmp_path: Path) -> None:
    url = Postgresql().create(tmp_path)
    with database_of(url).sole_server(), database_of(url).sole_server():
        pass


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://keyfob:secret@db1,db2:5433/id?sslmode=require", "the database id at db1,db2:5433"),
        ("postgresql://keyfob@/id?host=/run/pg", "the database id at /run/pg"),
        ("sqlite:////data/keyfob.db", "/data/keyfob.db"),
    ],
)
def test_a_database_is_called_by_where_it_is(url: str, name: str) -> None:
    assert database_of(url).name == name


def test_a_url_of_no_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="not a database URL"):
        database_of("mysql://localhost/keyfob")
