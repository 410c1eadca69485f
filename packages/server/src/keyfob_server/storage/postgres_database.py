"""A PostgreSQL database by its URL: connecting, what it must promise, and its schema."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar
from urllib.parse import parse_qs, urlsplit

import asyncpg

from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.storage.copying import Filling, View
from keyfob_server.storage.migrate import MigrationFailed, head, migrate
from keyfob_server.storage.postgres import DEADLINE_S, PostgresExecutor
from keyfob_server.storage.postgres_copy import postgres_filling, postgres_view
from keyfob_server.storage.postgres_errors import CONNECTING_FAILED, text_of
from keyfob_server.storage.postgres_groups import GROUP
from keyfob_server.storage.postgres_pool import Pool
from keyfob_server.storage.store import SqlStore

T = TypeVar("T")

NODE: Final = "keyfob node"
COMMAND: Final = "keyfob command"
CONNECT_TIMEOUT_S: Final = 3.0
_OLDEST: Final = (14, 0)
_LOSING: Final = frozenset({"off"})
_CANNOT: Final = (*CONNECTING_FAILED, ValueError)

_SETTINGS: Final = {
    "jit": "off",
    # every text goes by keys, and by an index also while a table is of one page: a plan may live until it is large, and
    # a serializable transaction that read a whole table is in the way of all who write to it
    "enable_seqscan": "off",
    # the client keeps its own deadline; these end what it left behind on the server
    "lock_timeout": "2000",
    "statement_timeout": "6000",
    "idle_in_transaction_session_timeout": "6000",
}

# planning a text costs several times what its plan does; one for all values is as good, where keys are asked for
_PLANNED_ONCE: Final = {"plan_cache_mode": "force_generic_plan"}


class PostgresDatabase:
    """storage.databases.Database."""

    def __init__(self, url: str, *, connections: int, application: str, deadline_s: float = DEADLINE_S) -> None:
        """`application`: what the database's own views call our connections, NODE or COMMAND."""
        self._url = url
        self._connections = connections
        self._deadline_s = deadline_s
        self._settings = {**_SETTINGS, "application_name": application}
        asks = parse_qs(urlsplit(url).query)
        # reads too: a standby tells of yesterday, and a kill must hold at the next request
        self._attributes = {} if "target_session_attrs" in asks else {"target_session_attrs": "read-write"}

    @property
    def name(self) -> str:
        parts = urlsplit(self._url)
        host = parts.netloc.rpartition("@")[2] or parse_qs(parts.query).get("host", [""])[0]
        return f"the database {parts.path.strip('/')} at {host}"

    @property
    def warning(self) -> str | None:
        return None

    @property
    def settling_s(self) -> int:
        # twice the pause between two looks at the keys, and the deadline of one
        return 15

    @property
    def one_process(self) -> str:
        return ""

    @property
    def files(self) -> tuple[Path, ...]:
        return ()

    @contextmanager
    def sole_server(self) -> Iterator[None]:
        """Any number of nodes may serve one database."""
        yield

    @contextmanager
    def without_servers(self) -> Iterator[None]:
        asyncio.run(self._refuse_while_nodes_serve())
        yield

    async def exists(self) -> bool:
        """Whether there is a schema of ours already; raises StorageUnavailable."""
        return await self._current() is not None

    async def schema(self) -> str | None:
        return await self._current()

    async def used_bytes(self) -> int:
        return await self._ask(_size)

    async def free_bytes(self) -> int | None:
        return None

    async def migrate_if_needed(self) -> None:
        """Raises MigrationFailed."""
        try:
            found = await self._current()
        except StorageUnavailable as error:
            raise MigrationFailed(str(error)) from error
        if found is None or found < head():
            await asyncio.to_thread(migrate, self._url)

    async def open(self, *, clock: Callable[[], int] | None = None) -> Store:
        """Raises StorageUnavailable with one line that says what to do."""
        found, needed = await self._current(), head()
        if found is None:
            raise StorageUnavailable("there is no Keyfob schema in the database: run `keyfob migrate`")
        if found < needed:
            raise StorageUnavailable(f"the schema is {found}, and {needed} is needed: run `keyfob migrate`")
        # Citus finds the shard of a join by the values, and makes a distributed commit of writes to several shards
        distributed = await self._ask(_is_distributed)
        connect = partial(self._connect, {} if distributed else _PLANNED_ONCE)
        pool, group = Pool(connect, self._connections), 1 if distributed else GROUP
        return SqlStore(PostgresExecutor(pool, clock=clock, deadline_s=self._deadline_s, group=group))

    def view(self) -> AbstractAsyncContextManager[View]:
        return postgres_view(self._connect)

    def filling(self) -> AbstractAsyncContextManager[Filling]:
        return postgres_filling(self._connect)

    async def _refuse_while_nodes_serve(self) -> None:
        """Raises StorageUnavailable."""
        if await self._ask(_count_nodes):
            raise StorageUnavailable(f"servers are running on {self.name}: stop them all first")

    async def _connect(self, more: Mapping[str, str] = MappingProxyType({})) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._url,
            timeout=CONNECT_TIMEOUT_S,
            # statements are kept by `Pooled`, for as long as the connection lives
            statement_cache_size=0,
            server_settings={**self._settings, **more},
            **self._attributes,
        )

    async def _current(self) -> str | None:
        """The schema's step, None without one; raises StorageUnavailable, also when it loses what it acknowledged."""
        return await self._ask(_look)

    async def _ask(self, question: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """On a connection of its own. Raises StorageUnavailable."""
        try:
            async with asyncio.timeout(2 * CONNECT_TIMEOUT_S):
                connection = await self._connect()
                try:
                    return await question(connection)
                finally:
                    connection.terminate()
        except TimeoutError:
            raise StorageUnavailable("cannot use the database: it did not answer in time") from None
        except _CANNOT as error:
            raise StorageUnavailable(f"cannot use the database: {_words(error)}") from error


async def _look(connection: asyncpg.Connection) -> str | None:
    if connection.get_server_version()[:2] < _OLDEST:
        raise StorageUnavailable("the database is older than PostgreSQL 14")
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        if await connection.fetchval("select current_setting($1)", name) in _LOSING:
            raise StorageUnavailable(f"the database has {name} off, and would lose what it acknowledged: switch it on")
    if await connection.fetchval("select to_regclass('alembic_version')") is None:
        return None
    found: str | None = await connection.fetchval("select version_num from alembic_version")
    return found


async def _is_distributed(connection: asyncpg.Connection) -> bool:
    found: bool = await connection.fetchval("select exists (select 1 from pg_extension where extname = 'citus')")
    return found


async def _size(connection: asyncpg.Connection) -> int:
    found: int = await connection.fetchval("select pg_database_size(current_database())")
    return found


async def _count_nodes(connection: asyncpg.Connection) -> int:
    found: int = await connection.fetchval(
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = $1", NODE
    )
    return found


def _words(error: BaseException) -> str:
    """What an operator needs; the URL, which may hold a password, is never a part of it."""
    if isinstance(error, asyncpg.PostgresError):
        return f"{text_of(error)}: {error.message}" if getattr(error, "message", "") else text_of(error)
    return str(error) if isinstance(error, OSError) else text_of(error)
