"""PostgreSQL: prepared statements on a pool of a node's own, with a deadline that the client keeps itself."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import asyncpg

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.executor import Row, SqlValue, Step
from keyfob_server.storage.postgres_errors import CONNECTING_FAILED, Meaning, Refused, meaning_of, text_of
from keyfob_server.storage.postgres_groups import GROUP, KEYS, ONE_ROW, Groups, Parameters, rows_of_each
from keyfob_server.storage.postgres_pool import Pool, Pooled
from keyfob_server.storage.postgres_retries import OWN_ROWS, REPEATABLE, ROW_LOCKS_SUFFICE

_log = logging.getLogger(__name__)

DEADLINE_S: Final = 5.0
"""For one operation with all its attempts: a server that stands still ends no TCP connection and no statement."""

_ATTEMPTS: Final = 5
_FIRST_PAUSE_MS: Final = 10

_BEGIN: Final = "begin isolation level serializable"
_BEGIN_LOCKING: Final = "begin isolation level read committed"
# a step of its own: only what comes after it sees what whoever held the lock has done
_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
_SET_CLOCK: Final = "select set_config('keyfob.now', $1, false)"

T = TypeVar("T")


class PostgresExecutor:
    """storage.executor.Executor. Belongs to the event loop that uses it."""

    def __init__(
        self,
        pool: Pool,
        *,
        clock: Callable[[], int] | None = None,
        deadline_s: float = DEADLINE_S,
        group: int = GROUP,
    ) -> None:
        """`clock` stands in for the database's time, where its `keyfob_now()` asks for that.

        `group`: of requests that come at once, so many may share an exchange and a commit.
        """
        self._pool = pool
        self._clock = clock
        self._deadline_s = deadline_s
        self._groups = Groups(self._each, group)

    @property
    def reads_at_once(self) -> bool:
        return False

    async def read(self, text: str, parameters: tuple[SqlValue, ...]) -> list[Row]:
        if text in ONE_ROW:
            return await self._groups.ask(text, parameters)
        return await self._attempt(lambda pooled: _run(pooled, text, parameters), repeatable=True)

    async def write(self, *steps: Step, exclusive: str = "") -> list[Row]:
        mark = next((step for step in steps if step.text in OWN_ROWS), steps[0])
        alone = len(steps) == 1
        if alone and mark.text in KEYS and not exclusive:
            return await self._groups.ask(mark.text, mark.parameters)

        async def perform(pooled: Pooled) -> list[list[Row]]:
            return [await _perform(pooled, steps, exclusive)]

        repeatable = mark.text in OWN_ROWS or (alone and mark.text in REPEATABLE)
        (found,) = await self._written(perform, [mark], repeatable=repeatable)
        return found

    async def _each(self, text: str, asked: Sequence[Parameters]) -> list[list[Row]]:
        """The statement once for each, in one exchange and one transaction; the rows of each."""

        async def perform(pooled: Pooled) -> list[list[Row]]:
            return await _run_each(pooled, text, asked)

        if text in ONE_ROW:
            return await self._attempt(perform, repeatable=True)
        marks = [Step(text, parameters) for parameters in asked]
        return await self._written(perform, marks, repeatable=text in OWN_ROWS or text in REPEATABLE)

    async def _written(
        self, perform: Callable[[Pooled], Awaitable[list[list[Row]]]], marks: Sequence[Step], *, repeatable: bool
    ) -> list[list[Row]]:
        """The rows of each of some writes, which are known again by their marks when an answer was lost."""
        lost = False

        async def once(pooled: Pooled) -> list[list[Row]]:
            nonlocal lost
            try:
                found = await perform(pooled)
            except BaseException as error:
                lost = lost or meaning_of(error) is Meaning.LOST
                raise
            if not lost:
                return found
            return [rows or await _own_row(pooled, mark) for rows, mark in zip(found, marks, strict=True)]

        try:
            return await self._attempt(once, repeatable=repeatable)
        except Exception:
            if lost:
                # nobody may ask again as if nothing were done
                raise StorageUnavailable("the connection was lost") from None
            raise

    async def close(self) -> None:
        self._pool.close()

    async def _attempt(self, work: Callable[[Pooled], Awaitable[T]], *, repeatable: bool) -> T:
        """The work's answer within the deadline. `repeatable`: may be done again though it may have been done."""
        try:
            async with asyncio.timeout(self._deadline_s) as deadline:
                for attempt in range(1, _ATTEMPTS):
                    found = await self._try(work, deadline, repeatable=repeatable)
                    if not isinstance(found, _Again):
                        return found
                    if attempt > 1:
                        await asyncio.sleep(secrets.randbelow(_FIRST_PAUSE_MS << attempt) / 1000)
                found = await self._try(work, deadline, repeatable=repeatable)
        except TimeoutError:
            raise StorageUnavailable("the database did not answer in time") from None
        if isinstance(found, _Again):
            raise StorageUnavailable(f"the database could not be used: {found.reason}")
        return found

    async def _try(
        self, work: Callable[[Pooled], Awaitable[T]], deadline: asyncio.Timeout, *, repeatable: bool
    ) -> "T | _Again":
        try:
            pooled = await self._pool.take()
        except CONNECTING_FAILED as error:
            return _Again(f"cannot connect: {text_of(error)}")
        try:
            if self._clock is not None:
                await _run(pooled, _SET_CLOCK, (str(self._clock()),))
            found = await work(pooled)
        except Exception as error:  # noqa: BLE001 - judged, and raised again when it is our own
            return self._judge(pooled, error, repeatable=repeatable)
        except BaseException:
            self._pool.drop(pooled)
            # the server stands still; whoever only waited for a connection knows nothing of it
            if deadline.expired():
                self._pool.flush()
            raise
        self._pool.give_back(pooled)
        return found

    def _judge(self, pooled: Pooled, error: Exception, *, repeatable: bool) -> "_Again":
        """Whether it may be tried again; raises StorageUnavailable, or the error when it is our own."""
        meaning = meaning_of(error)
        match meaning:
            case Meaning.AGAIN:
                self._pool.give_back(pooled)
                return _Again(text_of(error))
            case Meaning.STALE:
                self._pool.drop(pooled)
                self._pool.flush()
                return _Again(text_of(error))
            case Meaning.READ_ONLY | Meaning.LOST:
                self._pool.drop(pooled)
                self._pool.flush()
                _log.warning("a database connection was lost: %s", text_of(error))
                if repeatable or meaning is Meaning.READ_ONLY:
                    return _Again(text_of(error))
                raise StorageUnavailable(f"the connection was lost: {text_of(error)}") from None
            case Meaning.REFUSED:
                self._pool.drop(pooled)
                _log.warning("the database refused: %s", text_of(error))
                raise Refused(f"the database refused: {text_of(error)}") from None
            case Meaning.WRONG:
                self._pool.drop(pooled)
                raise error


class _Again:
    def __init__(self, reason: str) -> None:
        self.reason = reason


async def _run(pooled: Pooled, text: str, parameters: tuple[SqlValue, ...]) -> list[Row]:
    statement = await pooled.statement(text)
    return [tuple(record) for record in await statement.fetch(*parameters)]


async def _run_each(pooled: Pooled, text: str, asked: Sequence[Parameters]) -> list[list[Row]]:
    if len(asked) == 1:
        return [await _run(pooled, text, asked[0])]
    statement = await pooled.statement(text)
    return rows_of_each(text, asked, [tuple(record) for record in await statement.fetchmany(asked)])


async def _own_row(pooled: Pooled, mark: Step) -> list[Row]:
    own = OWN_ROWS.get(mark.text)
    return await _run(pooled, own.text, tuple(mark.parameters[index] for index in own.parameters)) if own else []


async def _perform(pooled: Pooled, steps: tuple[Step, ...], exclusive: str) -> list[Row]:
    """All of the steps or nothing, as if nobody else were writing."""
    if len(steps) == 1 and not exclusive:
        return await _run(pooled, steps[0].text, steps[0].parameters)
    begin = _BEGIN_LOCKING if all(step.text in ROW_LOCKS_SUFFICE for step in steps) else _BEGIN
    await pooled.connection.execute(begin)
    if exclusive:
        steps = (Step(_LOCK, (exclusive,)), *steps)
    found: list[Row] = []
    for step in steps:
        try:
            found = await _run(pooled, step.text, step.parameters)
        except asyncpg.PostgresError:
            await pooled.connection.execute("rollback")
            raise
        if not found and step.required:
            await pooled.connection.execute("rollback")
            return found
    await pooled.connection.execute("commit")
    return found
