"""What administrators' commands work with. Each command is a process of its own, beside a server that may run."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from keyfob_protocol.identifiers import AccountId
from keyfob_server.composition.keys import load_roots
from keyfob_server.crypto.argon2 import ArgonPasswords, ArgonSettings
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.known_passwords import KnownPasswords
from keyfob_server.crypto.pepper import PepperedPasswords, peppers_of
from keyfob_server.ports.passwords import Passwords
from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.settings import Settings
from keyfob_server.storage import migrate
from keyfob_server.storage.databases import Database, database_of

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Administration:
    store: Store
    passwords: Passwords

    def new_account_id(self) -> AccountId:
        return AccountId(SystemEntropy().uuid7())

    async def now(self) -> int:
        """The database's time, in epoch seconds."""
        return (await self.store.load()).now


async def open_store(settings: Settings) -> Store:
    """Raises StorageUnavailable with one line that says what to do."""
    return await database(settings).open()


def database(settings: Settings) -> Database:
    return database_of(settings.database_url)


@asynccontextmanager
async def open_administration(settings: Settings) -> AsyncIterator[Administration]:
    """Raises StorageUnavailable, PasswordListUnusable."""
    known = KnownPasswords(settings.known_passwords)
    store = await open_store(settings)
    try:
        argon = ArgonPasswords(ArgonSettings(threads=1), SystemEntropy(), known)
        # Read when a password is set: a command that only looks needs no key file.
        passwords = PepperedPasswords(argon, lambda: peppers_of(load_roots(settings)))
        try:
            yield Administration(store, passwords)
        finally:
            argon.close()
    finally:
        await store.close()


def administer(settings: Settings, act: Callable[[Administration], Awaitable[_Result]]) -> _Result:
    """Open, act, close. Raises StorageUnavailable, KeyFileUnusable where a password is set, and what `act` raises."""
    # A command says what went wrong in its own one line.
    logging.getLogger("keyfob_server").addHandler(logging.NullHandler())

    async def run() -> _Result:
        async with open_administration(settings) as administration:
            return await act(administration)

    return asyncio.run(run())


def migrate_database(settings: Settings) -> str:
    """Create the database or bring it to this release's schema, which is returned. Raises StorageUnavailable."""
    try:
        migrate.migrate(settings.database_url)
    except migrate.MigrationFailed as error:
        raise StorageUnavailable(f"cannot migrate {database(settings).name}: {error}") from error
    return migrate.head()
