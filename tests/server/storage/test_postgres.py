"""storage.postgres: what happens to requests while something happens to the database, and afterwards."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from keyfob_protocol.identifiers import AccountId, ClientId, GrantId
from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.rules.records import GrantKey
from keyfob_server.storage.postgres_database import NODE, PostgresDatabase
from support_cutting_proxy import CuttingProxy, cutting_proxy
from support_engines import Postgresql
from support_polling import eventually
from support_postgres import SUPERUSER, cluster, new_cluster
from support_stored_records import a_grant, a_session, an_account, an_instance

pytestmark = pytest.mark.slow

NODES = "from pg_stat_activity where datname = current_database() and application_name = 'keyfob node'"
KEY = GrantKey(ClientId("instance-1"), GrantId("g1"))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return Postgresql().create(tmp_path)


@pytest.fixture
def name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def play(
    url: str, scenario: Callable[[Store], Awaitable[None]], *, connections: int = 4, deadline_s: float = 5
) -> None:
    async def run() -> None:
        database = PostgresDatabase(url, connections=connections, application=NODE, deadline_s=deadline_s)
        store = await database.open()
        try:
            await scenario(store)
        finally:
            await store.close()

    asyncio.run(run())


def test_of_many_requests_at_once_no_more_are_under_way_than_there_are_connections(url: str, name: str) -> None:
    async def scenario(store: Store) -> None:
        assert all(await asyncio.gather(*(store.add_grant(a_grant(f"g{number}")) for number in range(100))))
        assert cluster().psql(name, f"select count(*) {NODES}") == "3\n"

    play(url, scenario, connections=3)


def test_connections_that_the_server_ended_are_replaced_before_anybody_notices(url: str, name: str) -> None:
    async def scenario(store: Store) -> None:
        await asyncio.gather(*(store.add_grant(a_grant(f"g{number}")) for number in range(20)))
        cluster().psql(name, f"select pg_terminate_backend(pid) {NODES}")
        assert (await store.load(grant=KEY)).grant == a_grant("g1")
        cluster().psql(name, f"select pg_terminate_backend(pid) {NODES}")
        assert await store.add_grant(a_grant("after"))

    play(url, scenario)


def test_a_frozen_server_costs_a_request_its_deadline_and_no_more_and_the_store_recovers() -> None:
    frozen = new_cluster()
    try:
        frozen.psql("postgres", "create database keyfob")
        url = frozen.url("keyfob")

        async def scenario(store: Store) -> None:
            assert await store.add_grant(a_grant("g1"))
            for pid in frozen.pids():
                os.kill(pid, signal.SIGSTOP)
            with pytest.raises(StorageUnavailable, match="did not answer in time"):
                await store.load(grant=KEY)
            with pytest.raises(StorageUnavailable):
                await store.add_grant(a_grant("g2"))
            for pid in frozen.pids():
                os.kill(pid, signal.SIGCONT)
            assert (await store.load(grant=KEY)).grant == a_grant("g1")

        asyncio.run(PostgresDatabase(url, connections=2, application=NODE).migrate_if_needed())
        play(url, scenario, deadline_s=1)
    finally:
        for pid in frozen.pids():
            os.kill(pid, signal.SIGCONT)
        frozen.remove()


def test_a_server_that_is_down_is_unavailable_and_its_return_needs_no_restart_of_ours() -> None:
    away = new_cluster()
    try:
        away.psql("postgres", "create database keyfob")
        url = away.url("keyfob")

        async def scenario(store: Store) -> None:
            assert await store.add_grant(a_grant("g1"))
            away.stop()
            for _ in range(2):
                with pytest.raises(StorageUnavailable):
                    await store.load(grant=KEY)
            away.start()
            assert (await store.load(grant=KEY)).grant == a_grant("g1")

        asyncio.run(PostgresDatabase(url, connections=2, application=NODE).migrate_if_needed())
        play(url, scenario)
    finally:
        away.remove()


@pytest.fixture
def proxy() -> Iterator[CuttingProxy]:
    with (
        tempfile.TemporaryDirectory(prefix="kfpx-", dir="/tmp") as folder,
        cutting_proxy(Path(folder), cluster().folder) as made,
    ):
        yield made


def through(proxy: CuttingProxy, name: str) -> str:
    return f"postgresql://{SUPERUSER}@/{name}?host={proxy.folder}"


Write = Callable[[Store], Awaitable[bool]]


async def _add_session(store: Store) -> bool:
    await store.add_session(a_session("s1"))
    return True


INSERTS: dict[str, Write] = {
    "salt-of-the-grant": lambda store: store.add_grant(replace(a_grant("g1"), salt=b"salt-of-the-grant")),
    "hash-of-registration-token": lambda store: store.add_instance(an_instance("i1")),
    "s1": _add_session,
}


@pytest.mark.parametrize("mark", INSERTS)
def test_an_insert_whose_answer_was_lost_is_found_to_be_done(proxy: CuttingProxy, name: str, mark: str) -> None:
    async def scenario(store: Store) -> None:
        await store.ping()
        proxy.armed_by = mark.encode()
        assert await INSERTS[mark](store)
        assert proxy.cut == 1

    play(through(proxy, name), scenario)


def test_inserts_that_shared_the_answer_that_was_lost_are_found_to_be_done(proxy: CuttingProxy, name: str) -> None:
    async def scenario(store: Store) -> None:
        assert await store.add_grant(a_grant("g3"))
        proxy.armed_by = b"salt-of-the-grant"
        grants = [replace(a_grant(f"g{number}"), salt=b"salt-of-the-grant") for number in range(6)]
        assert await asyncio.gather(*map(store.add_grant, grants)) == [True, True, True, False, True, True]
        assert proxy.cut == 1

    play(through(proxy, name), scenario)


def test_a_rivals_row_is_not_taken_for_ones_own_after_a_lost_answer(proxy: CuttingProxy, name: str) -> None:
    async def scenario(store: Store) -> None:
        assert await store.add_grant(replace(a_grant("g1"), salt=b"salt of the rival"))
        proxy.armed_by = b"salt of the late"
        assert not await store.add_grant(replace(a_grant("g1"), salt=b"salt of the late"))
        assert proxy.cut == 1

    play(through(proxy, name), scenario)


def test_a_rotation_whose_answer_was_lost_was_done_once(proxy: CuttingProxy, name: str) -> None:
    async def scenario(store: Store) -> None:
        await store.add_grant(a_grant("g1"))
        proxy.armed_by = b"g1"
        assert not await store.rotate_grant(KEY, presented=0, generation=1, now=2000)
        found = (await store.load(grant=KEY)).grant
        assert found is not None
        assert found.refresh_counter == 1

    play(through(proxy, name), scenario)


def test_a_registration_of_several_steps_whose_answer_was_lost_is_found_to_be_done_once(
    proxy: CuttingProxy, name: str
) -> None:
    async def scenario(store: Store) -> None:
        owner, instance = AccountId("account-of-anna"), an_instance("i1", owner="anna")
        await store.ping()
        proxy.armed_by = b"commit"
        assert await store.initial_tokens.add_owned_instance(instance, owner, max_live=1, max_new=1)
        assert proxy.cut == 1
        assert (await store.registration_room.count_instances(owner, limit=1))[None].live == 1
        assert not await store.initial_tokens.add_owned_instance(
            replace(instance, client_id=ClientId("i2")), owner, max_live=1, max_new=1
        )

    play(through(proxy, name), scenario)


def test_an_act_of_several_steps_whose_answer_was_lost_is_unavailable_and_whole(proxy: CuttingProxy, name: str) -> None:
    async def scenario(store: Store) -> None:
        assert await store.add_account(an_account("anna"), password_hash="hash")
        proxy.armed_by = b"commit"
        with pytest.raises(StorageUnavailable, match="connection was lost"):
            await store.set_account_status("anna", "disabled")
        assert proxy.cut == 1
        disabled = "select 1 from accounts where status = 'disabled'"
        await asyncio.to_thread(eventually, lambda: cluster().psql(name, disabled) == "1\n")
        assert [row.event for row in await store.audit.list_audit()] == ["account.added", "account.status_changed"]

    play(through(proxy, name), scenario)


def test_a_changed_type_of_a_column_is_met_by_preparing_again(url: str, name: str) -> None:
    async def scenario(store: Store) -> None:
        await store.add_grant(a_grant("g1"))
        assert (await store.load(grant=KEY)).grant == a_grant("g1")
        cluster().psql(name, 'alter table accounts alter column email type varchar(300) collate "C"')
        assert (await store.load(grant=KEY)).grant == a_grant("g1")

    play(url, scenario)


def test_a_server_that_became_read_only_is_left_and_found_again(url: str, name: str) -> None:
    async def scenario(store: Store) -> None:
        assert await store.add_grant(a_grant("g1"))
        cluster().psql("postgres", f"alter database {name} set default_transaction_read_only = on")
        cluster().psql(name, f"select pg_terminate_backend(pid) {NODES}")
        with pytest.raises(StorageUnavailable):
            await store.add_grant(a_grant("g2"))
        cluster().psql("postgres", f"alter database {name} reset default_transaction_read_only")
        assert await store.add_grant(a_grant("g2"))

    play(url, scenario)
