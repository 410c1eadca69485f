"""Databases to copy from one engine to another, and what both of them hold."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from keyfob_server.storage.copy_tables import TABLES
from keyfob_server.storage.copying import View, copy_all
from keyfob_server.storage.databases import database_of
from keyfob_server.storage.executor import Row
from support_engines import engine_of
from support_stored_records import a_grant, a_session, an_account, an_instance

PAIRS = [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite"), ("postgresql", "postgresql")]


def quietly(_line: str) -> None:
    """For a copy that nobody watches."""


def empty(engine: str, folder: Path, name: str) -> str:
    """A migrated database; its URL."""
    (folder / name).mkdir()
    return engine_of(engine).create(folder / name)


def put_some(url: str, *, instances: int = 1) -> None:
    """A person, with a sign-in, and instances with a grant each."""

    async def put() -> None:
        store = await database_of(url).open()
        try:
            assert await store.add_account(an_account(), password_hash="none")
            await store.add_session(a_session())
            for number in range(instances):
                assert await store.add_instance(an_instance(f"instance-{number}"))
                assert await store.add_grant(a_grant(client_id=f"instance-{number}"))
        finally:
            await store.close()

    asyncio.run(put())


def copied(source: str, target: str, told: Callable[[str], None] = quietly) -> dict[str, int]:
    return asyncio.run(copy_all(database_of(source), database_of(target), told))


def contents(url: str) -> dict[str, list[Row]]:
    """Every row of every table, as the copy sees them; no table of a test holds more than a statement may bring."""

    async def read(view: View) -> dict[str, list[Row]]:
        return {
            table.name: [table.as_stored(row) for row in await view.rows(table.read, (*table.first, 1000))]
            for table in TABLES
        }

    async def look() -> dict[str, list[Row]]:
        async with database_of(url).view() as view:
            return await read(view)

    return asyncio.run(look())
