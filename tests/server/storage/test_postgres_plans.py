"""storage.postgres_database: how PostgreSQL plans what requests ask, which it does not do anew for each of them."""

import asyncio
from pathlib import Path

import pytest

from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.rules.records import GrantKey
from keyfob_server.storage.load_statements import LOAD
from keyfob_server.storage.postgres_database import NODE, PostgresDatabase
from keyfob_server.storage.store import SqlStore
from support_engines import Postgresql
from support_polling import eventually
from support_postgres import cluster
from support_stored_records import a_grant, a_session, an_account, an_instance

pytestmark = pytest.mark.slow

KEY = GrantKey(ClientId("instance-1"), GrantId("g1"))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return Postgresql().create(tmp_path)


@pytest.fixture
def name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def plans_of_seven_requests(url: str) -> list[tuple[int, int]]:
    """How many of them had a plan for all values, and how many one of their own."""

    async def scenario() -> list[tuple[int, int]]:
        store = await PostgresDatabase(url, connections=1, application=NODE).open()
        assert isinstance(store, SqlStore)
        executor = store._executor
        try:
            for number in range(7):
                await executor.read(LOAD, (f"instance-{number}", None, None, None, None, None))
            told = "select generic_plans, custom_plans from pg_prepared_statements where statement = $1"
            return await executor.read(told, (LOAD,))
        finally:
            await executor.close()

    return asyncio.run(scenario())


def test_what_requests_ask_is_planned_once_for_all_values(url: str) -> None:
    assert plans_of_seven_requests(url) == [(7, 0)]


def test_on_citus_which_may_need_the_values_the_server_chooses_how_it_plans(url: str, name: str) -> None:
    # a row of the catalogue is all that is looked at; Citus itself is no package of Debian's
    cluster().psql(name, "insert into pg_extension values (99999, 'citus', 10, 11, false, '1', null, null)")
    try:
        assert plans_of_seven_requests(url) == [(2, 5)]
    finally:
        cluster().psql(name, "delete from pg_extension where extname = 'citus'")


def test_a_request_goes_by_keys_though_the_tables_had_but_a_row_when_they_were_analyzed(url: str, name: str) -> None:
    async def scenario() -> None:
        store = await PostgresDatabase(url, connections=1, application=NODE).open()
        await store.add_account(an_account(), password_hash="")
        await store.add_instance(an_instance("instance-1"))
        await store.add_grant(a_grant("g1"))
        await store.add_session(a_session())
        cluster().psql(name, "analyze", "select pg_stat_reset()")
        assert (await store.load(client_id=KEY.client_id, grant=KEY)).grant == a_grant("g1")
        assert await store.rotate_grant(KEY, presented=0, generation=1, now=1)
        assert await store.end_session(a_session().id)
        assert await store.set_account_status(an_account().user_name, "disabled")
        await store.close()

    asyncio.run(scenario())
    read = "select relname from pg_stat_user_tables where {} > 0 order by 1"
    by_index = set(cluster().psql(name, read.format("idx_scan")).split())
    assert {"accounts", "delegations", "dynamically_registered_clients", "sessions"} <= by_index
    assert cluster().psql(name, read.format("seq_scan")) == ""


def test_a_rotation_writes_no_entry_of_an_index(url: str, name: str) -> None:
    async def scenario() -> None:
        store = await PostgresDatabase(url, connections=1, application=NODE).open()
        await store.add_grant(a_grant("g1"))
        for counter in range(20):
            assert await store.rotate_grant(KEY, presented=counter, generation=1, now=1000 + counter)
        await store.close()

    asyncio.run(scenario())
    told = "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'delegations'"
    eventually(lambda: cluster().psql(name, told) == "20|20\n")
