"""The writer thread: many operations, one commit, and no answer before that commit returned."""

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.connection import fetch, is_busy
from keyfob_server.storage.executor import Row, Step

_log = logging.getLogger(__name__)

GROUP: Final = 128
"""Operations in one transaction, at most."""

WAITING: Final = 4096
"""Operations that may wait; beyond them, refused."""

Outcome = list[Row] | Exception


@dataclass(frozen=True, slots=True)
class Member:
    """An operation and whom to tell. No steps: the order to stop."""

    steps: tuple[Step, ...]
    answer: asyncio.Future[list[Row]]


class Writer:
    """Owns its connection; everything with an underscore runs in its thread."""

    def __init__(
        self, connection: sqlite3.Connection, *, after_group: Callable[[int], None], on_busy: Callable[[], None]
    ) -> None:
        """`after_group` is told how many operations were committed (0: idle for a second)."""
        self._connection = connection
        self._after_group = after_group
        self._on_busy = on_busy
        self._queue: queue.SimpleQueue[Member] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="keyfob-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def serving(self) -> bool:
        return not self._closed and self._thread.is_alive()

    def submit(self, steps: tuple[Step, ...]) -> asyncio.Future[list[Row]]:
        """Raises StorageUnavailable when too many wait, or after the end."""
        if not self.serving:
            raise StorageUnavailable("the database is closed")
        if self._queue.qsize() >= WAITING:
            raise StorageUnavailable("too many writes wait")
        return self._put(steps)

    async def close(self) -> None:
        """Finish what was submitted, then close the connection."""
        if self.serving:
            self._closed = True
            await self._put(())
            self._thread.join()

    def _put(self, steps: tuple[Step, ...]) -> asyncio.Future[list[Row]]:
        answer: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()
        self._queue.put(Member(steps, answer))
        return answer

    def _run(self) -> None:
        last: Member | None = None
        while last is None:
            try:
                first = self._queue.get(timeout=1)
            except queue.Empty:
                self._after_group(0)
                continue
            last = first if not first.steps else self._serve(first)
        self._connection.close()
        _tell([last], [[]])

    def _serve(self, first: Member) -> Member | None:
        """Answer a group; the order to stop, when it was among the members."""
        trouble = self._begin()
        # only now, so that all who came while another program held the lock share the commit
        group, last = self._collect(first)
        if trouble is None:
            try:
                outcomes = self._commit(group)
            except sqlite3.Error as error:
                _log.exception("roll-back failed")
                trouble = f"roll-back failed: {error}"
        if trouble is not None:
            outcomes = _refusals(trouble, group)
        _tell(group, outcomes)
        self._after_group(len(group))
        return last

    def _begin(self) -> str | None:
        """What was in the way, or None."""
        try:
            self._roll_back()
            self._connection.execute("begin immediate")
        except sqlite3.Error as error:
            if is_busy(error):
                self._on_busy()
            return f"cannot begin: {error}"
        return None

    def _collect(self, first: Member) -> tuple[list[Member], Member | None]:
        group = [first]
        while len(group) < GROUP:
            try:
                member = self._queue.get_nowait()
            except queue.Empty:
                break
            if not member.steps:
                return group, member
            group.append(member)
        return group, None

    def _commit(self, group: list[Member]) -> Sequence[Outcome]:
        """The outcomes of a begun group, its transaction ended."""
        outcomes: list[Outcome] = []
        for member in group:
            outcomes.append(self._perform(member.steps))
            if not self._connection.in_transaction:
                # the error took everybody's work with it, not only its own
                return [outcomes[0]] if len(group) == 1 else [self._alone(member) for member in group]
        try:
            self._connection.execute("commit")
        except sqlite3.Error as error:
            _log.exception("commit failed")
            self._roll_back()
            return _refusals(f"commit failed: {error}", group)
        return outcomes

    def _alone(self, member: Member) -> Outcome:
        """A member of a lost group, in a transaction of its own."""
        if trouble := self._begin():
            return StorageUnavailable(trouble)
        return self._commit([member])[0]

    def _perform(self, steps: tuple[Step, ...]) -> Outcome:
        """One operation inside the transaction: all of its steps, or nothing of it."""
        # SQLite undoes a statement that fails: only several need a point to go back to
        several = len(steps) > 1
        execute = self._connection.execute
        found: list[Row] = []
        try:
            if several:
                execute("savepoint member")
            for step in steps:
                found = fetch(self._connection, step.text, step.parameters)
                if not found and step.required:
                    if several:
                        execute("rollback to member")
                    break
            if several:
                execute("release member")
        except Exception as error:  # noqa: BLE001 - whatever one member did wrong, the others and the thread go on
            return self._undo(error, several=several)
        return found

    def _undo(self, error: Exception, *, several: bool) -> Exception:
        if several and self._connection.in_transaction:
            try:
                self._connection.execute("rollback to member")
                self._connection.execute("release member")
            except sqlite3.Error:
                self._roll_back()
        elif not isinstance(error, sqlite3.Error):
            # the statement itself may have done its work: it goes, with the group, whose others are done again
            self._roll_back()
        if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
            _log.warning("write failed: %s", error)
            return StorageUnavailable(f"write failed: {error}")
        return error

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("rollback")


def _refusals(reason: str, group: Sequence[Member]) -> list[Outcome]:
    # one for each: an exception that several tasks raise would gather the traces of all
    return [StorageUnavailable(reason) for _ in group]


def _tell(group: Sequence[Member], outcomes: Sequence[Outcome]) -> None:
    """One wake-up for each event loop, whatever the size of the group."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[list[Row]], Outcome]]] = {}
    for member, outcome in zip(group, outcomes, strict=True):
        by_loop.setdefault(member.answer.get_loop(), []).append((member.answer, outcome))
    for loop, answers in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, answers)
        except RuntimeError:
            _log.warning("%d answers came after their event loop had ended", len(answers))


def _settle(answers: list[tuple[asyncio.Future[list[Row]], Outcome]]) -> None:
    for answer, outcome in answers:
        if answer.done():
            continue
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)
