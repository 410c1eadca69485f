"""`keyfob copy`: what must be so before all rows of one database are put into another."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.copying import NotEqual, TargetNotEmpty, copy_all
from keyfob_server.storage.databases import Database, database_of
from keyfob_server.storage.migrate import MigrationFailed, head

__all__ = ["CopyRefused", "NoDatabaseUrl", "NotEqual", "copy_installation"]


class NoDatabaseUrl(Exception):
    """No engine knows the URL, which is not repeated: it may hold a password."""


class CopyRefused(Exception):
    """One line that says what to do; nothing was changed."""


def copy_installation(source_url: str, target_url: str, told: Callable[[str], None]) -> dict[str, int]:
    """The number of rows of each table: all are in the target, durable, and were compared.

    `told` hears how far it is. Raises NoDatabaseUrl, CopyRefused, StorageUnavailable and NotEqual: then nothing was put
    into the target.
    """
    try:
        source, target = database_of(source_url), database_of(target_url)
    except ValueError:
        raise NoDatabaseUrl from None
    asyncio.run(_judge(source, target))
    with ExitStack() as held:
        held.enter_context(source.without_servers())
        held.enter_context(target.without_servers())
        return asyncio.run(_copy(source, target, told))


async def _judge(source: Database, target: Database) -> None:
    """Raises CopyRefused, StorageUnavailable."""
    if source.name == target.name:
        raise CopyRefused("source and target are the same database")
    found, newest = await source.schema(), head()
    if found is None:
        raise CopyRefused(f"there is no Keyfob database at {source.name}")
    if found < newest:
        raise CopyRefused(
            f"the schema of {source.name} is {found}, and {newest} is the newest: run `keyfob migrate` on it"
        )
    if found > newest:
        raise CopyRefused(f"the schema of {source.name} is {found}, newer than this release, which knows {newest}")
    # somebody's installation must not be migrated by being named wrongly
    if await target.schema() not in {None, newest}:
        raise CopyRefused(f"{target.name} holds another schema already: name a new, empty database")


async def _copy(source: Database, target: Database, told: Callable[[str], None]) -> dict[str, int]:
    try:
        await target.migrate_if_needed()
    except MigrationFailed as error:
        raise StorageUnavailable(f"cannot migrate {target.name}: {error}") from error
    try:
        return await copy_all(source, target, told)
    except TargetNotEmpty as error:
        raise CopyRefused(
            f"{target.name} is not empty (there are rows in {', '.join(error.tables)}): name a new, empty database"
        ) from error
