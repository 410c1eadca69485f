"""A restore is declared while no server runs; one that is started meanwhile would go on with the values from before."""

import asyncio
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from keyfob_server.composition.restore import RestoreDeclared
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.postgres_database import NODE
from support_engines import Postgresql
from support_restore import declare, settings_in

pytestmark = pytest.mark.slow
WAITING = "select count(*) from pg_locks where not granted"


def test_m10_a_restore_that_a_node_started_beside_has_to_be_declared_again(tmp_path: Path) -> None:
    url = Postgresql().create(tmp_path)
    settings = replace(settings_in(tmp_path / "data"), database_url=url)

    async def race() -> RestoreDeclared:
        person = await asyncpg.connect(url)
        in_the_way = person.transaction()
        await in_the_way.start()
        await person.execute("lock table settings in share row exclusive mode")
        declaring = asyncio.create_task(asyncio.to_thread(declare, settings))
        while not await person.fetchval(WAITING):
            assert not declaring.done()
            await asyncio.sleep(0.01)
        node = await asyncpg.connect(url, server_settings={"application_name": NODE})
        await in_the_way.rollback()
        try:
            return await declaring
        finally:
            await node.close()
            await person.close()

    with pytest.raises(StorageUnavailable, match="started meanwhile, and the restore must be declared again: servers"):
        asyncio.run(race())
    assert declare(settings).sessions_ended == 0
