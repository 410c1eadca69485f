"""No room in the middle of a group."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.rules.records import GrantKey
from support_engines import Database
from support_sqlite_faults import write_lock, writing_connection
from support_stored_records import a_grant

LARGE = ("x" * 9000,)


def test_a_full_disk_refuses_what_needs_room_loses_nothing_else_and_is_over_when_there_is_room(
    database: Database, path: Path
) -> None:
    async def scenario(store: Store) -> None:
        for number in range(4):
            assert await store.add_grant(a_grant(f"old{number}"))
        connection = writing_connection(store)
        ((pages,),) = connection.execute("pragma page_count").fetchall()
        connection.execute(f"pragma max_page_count = {pages}")
        begun: list[str] = []
        connection.set_trace_callback(lambda text: begun.append(text) if text == "begin immediate" else None)

        def rotate(number: int) -> asyncio.Task[bool]:
            key = GrantKey(ClientId("instance-1"), GrantId(f"old{number}"))
            return asyncio.create_task(store.rotate_grant(key, presented=0, generation=1, now=2000))

        def add(name: str) -> asyncio.Task[bool]:
            return asyncio.create_task(store.add_grant(a_grant(name, scope=LARGE)))

        with write_lock(path):
            small = [rotate(0), rotate(1)]
            large = [add("large0")]
            small += [rotate(2)]
            large += [add("large1")]
            small += [rotate(3)]
            await asyncio.sleep(0)
        refused = await asyncio.gather(*large, return_exceptions=True)
        assert await asyncio.gather(*small) == [True] * 4
        assert [type(outcome) for outcome in refused] == [StorageUnavailable] * 2
        assert all("full" in str(outcome) for outcome in refused)

        for number in range(4):
            grant = (await store.load(grant=GrantKey(ClientId("instance-1"), GrantId(f"old{number}")))).grant
            assert grant is not None
            assert grant.refresh_counter == 1
        connection.execute("pragma max_page_count = 100000")
        assert await add("large0")
        assert await add("large1")

    database.run(scenario)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("select count(*) from delegations").fetchall() == [(6,)]
