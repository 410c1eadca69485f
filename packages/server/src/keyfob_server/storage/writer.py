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
"""Operations that change threads together, at most; a transaction that holds as many takes no more."""

WAITING: Final = 4096
"""Operations that may wait; beyond them, refused."""

Outcome = list[Row] | Exception


@dataclass(frozen=True, slots=True)
class Member:
    """An operation and whom to tell. No steps: the order to stop."""

    steps: tuple[Step, ...]
    answer: asyncio.Future[list[Row]]


class Writer:
    """Owns its connection, which its thread alone uses, in `_run` and what that calls."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        after_group: Callable[[int], None],
        on_busy: Callable[[], None],
        fault: Callable[[], str],
    ) -> None:
        """`after_group` is told how many operations were committed (0: idle for a second). `fault` says what makes a
        commit worthless, before it and behind it; empty: nothing.
        """
        self._connection = connection
        self._after_group = after_group
        self._on_busy = on_busy
        self._fault = fault
        self._queue: queue.SimpleQueue[list[Member]] = queue.SimpleQueue()
        self._turn: list[Member] = []
        """Submitted in this turn of the event loop."""
        self._promised: asyncio.AbstractEventLoop | None = None
        """The event loop that will hand them over at the turn's end."""
        self._unanswered = 0
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
        if self._unanswered >= WAITING:
            raise StorageUnavailable("too many writes wait")
        return self._put(steps)

    async def close(self) -> None:
        """Finish what was submitted, then close the connection."""
        if self.serving:
            self._closed = True
            await self._put(())
            self._thread.join()

    def _put(self, steps: tuple[Step, ...]) -> asyncio.Future[list[Row]]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Row]] = loop.create_future()
        self._turn.append(Member(steps, answer))
        self._unanswered += 1
        if len(self._turn) >= GROUP:
            self._hand_over()
        elif self._promised is not loop:
            self._promised = loop
            loop.call_soon(self._hand_over)
        return answer

    def _hand_over(self) -> None:
        """A change of threads costs more than many a write: those of one turn make it together."""
        turn, self._turn, self._promised = self._turn, [], None
        if turn:
            self._queue.put(turn)

    def _run(self) -> None:
        last: Member | None = None
        while last is None:
            try:
                first = self._queue.get(timeout=1)
            except queue.Empty:
                self._after_group(0)
                continue
            last = self._serve(first) if first[0].steps else first[0]
        self._connection.close()
        self._tell([last], [[]])

    def _serve(self, first: list[Member]) -> Member | None:
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
        self._tell(group, outcomes)
        self._after_group(len(group))
        return last

    def _begin(self) -> str | None:
        """What was in the way, or None."""
        if fault := self._fault():
            return fault
        try:
            self._roll_back()
            self._connection.execute("begin immediate")
        except sqlite3.Error as error:
            if is_busy(error):
                self._on_busy()
            return f"cannot begin: {error}"
        return None

    def _collect(self, first: list[Member]) -> tuple[list[Member], Member | None]:
        group = first
        while len(group) < GROUP and group[-1].steps:
            try:
                group = group + self._queue.get_nowait()
            except queue.Empty:
                break
        # nothing is submitted behind the order to stop
        return (group, None) if group[-1].steps else (group[:-1], group[-1])

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
        fault = self._fault()
        return _refusals(fault, group) if fault else outcomes

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

    def _tell(self, group: Sequence[Member], outcomes: Sequence[Outcome]) -> None:
        """One wake-up for each event loop, whatever the size of the group."""
        by_loop: dict[asyncio.AbstractEventLoop, list[_Answered]] = {}
        for member, outcome in zip(group, outcomes, strict=True):
            by_loop.setdefault(member.answer.get_loop(), []).append((member.answer, outcome))
        for loop, answers in by_loop.items():
            try:
                loop.call_soon_threadsafe(self._settle, answers)
            except RuntimeError:
                self._unanswered -= len(answers)
                _log.warning("%d answers came after their event loop had ended", len(answers))

    def _settle(self, answers: list["_Answered"]) -> None:
        self._unanswered -= len(answers)
        for answer, outcome in answers:
            if answer.done():
                continue
            if isinstance(outcome, Exception):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)


_Answered = tuple[asyncio.Future[list[Row]], Outcome]


def _refusals(reason: str, group: Sequence[Member]) -> list[Outcome]:
    # one for each: an exception that several tasks raise would gather the traces of all
    return [StorageUnavailable(reason) for _ in group]
