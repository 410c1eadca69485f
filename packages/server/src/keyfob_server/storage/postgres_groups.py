"""What comes at once goes to PostgreSQL together: one exchange, and one commit, for several requests."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final, NamedTuple

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage import (
    initial_token_statements,
    load_statements,
    registration_statements,
    statements,
    stored_settings_statements,
)
from keyfob_server.storage.executor import Row, SqlValue
from keyfob_server.storage.postgres_errors import Refused
from keyfob_server.storage.postgres_pool import WAITING

GROUP: Final = 16
"""Requests in one exchange at most: more of them save little, and the first would wait for the last."""

ONE_ROW: Final = frozenset(
    {
        load_statements.LOAD_CLIENT,
        load_statements.LOAD_GRANT,
        load_statements.LOAD,
        load_statements.LOAD_FOR_CALLER,
        initial_token_statements.LOAD_FOR_REGISTRATION,
        registration_statements.LOAD_REGISTRATION,
        stored_settings_statements.GET_STORED_SETTING,
    }
)
"""What requests are judged by. Each brings one row, whatever is asked: whose it is, follows from the order."""

KEYS: Final = {statements.ADD_GRANT: 2, statements.ROTATE_GRANT: 2, statements.ADD_INSTANCE: 1}
"""Writes of one row or none: so many first parameters are its key, and what comes back begins with it.

Each can stand in a transaction with others: it asks about its own row alone, and waits for whoever writes that.
"""

Parameters = tuple[SqlValue, ...]


class Member(NamedTuple):
    parameters: Parameters
    answer: asyncio.Future[list[Row]]


class Groups:
    """Statements of one text, asked for in the same turn of the event loop. Belongs to that event loop."""

    def __init__(self, each: Callable[[str, Sequence[Parameters]], Awaitable[list[list[Row]]]], size: int) -> None:
        """`each` brings the rows of all, or does nothing and raises."""
        self._each = each
        self._size = size
        self._turn: dict[str, list[Member]] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._unanswered = 0

    async def ask(self, text: str, parameters: Parameters) -> list[Row]:
        """Raises StorageUnavailable, and what this very statement raises."""
        if self._unanswered >= WAITING:
            raise StorageUnavailable("too many operations wait for a connection")
        loop = asyncio.get_running_loop()
        if not self._turn:
            loop.call_soon(self._send)
        answer: asyncio.Future[list[Row]] = loop.create_future()
        self._turn.setdefault(text, []).append(Member(parameters, answer))
        self._unanswered += 1
        try:
            return await answer
        finally:
            self._unanswered -= 1

    def _send(self) -> None:
        turn, self._turn = self._turn, {}
        for text, members in turn.items():
            for group in _grouped(members, self._size, KEYS.get(text, 0)):
                asking = asyncio.create_task(self._ask(text, group))
                self._asking.add(asking)
                asking.add_done_callback(self._asking.discard)

    async def _ask(self, text: str, members: Sequence[Member]) -> None:
        try:
            found = await self._each(text, [member.parameters for member in members])
        except Exception as error:  # noqa: BLE001 - it is for those who asked
            if len(members) > 1 and (isinstance(error, Refused) or not isinstance(error, StorageUnavailable)):
                # it may be for the sake of one, and nothing was done: who that is shows when each asks alone
                await asyncio.gather(*(self._ask(text, (member,)) for member in members))
                return
            for member in members:
                if not member.answer.done():
                    member.answer.set_exception(error)
        except BaseException:
            for member in members:
                member.answer.cancel()
            raise
        else:
            for member, rows in zip(members, found, strict=True):
                # who asked may have gone meanwhile
                if not member.answer.done():
                    member.answer.set_result(rows)


def rows_of_each(text: str, asked: Sequence[Parameters], found: Sequence[Row]) -> list[list[Row]]:
    """Whose each row is; of two writes with one key, nobody could say."""
    key = KEYS.get(text)
    if key is None:
        if len(found) != len(asked):
            raise ValueError("a read that brings one row always did not")
        return [[row] for row in found]
    by_key = {row[:key]: row for row in found}
    return [[by_key[parameters[:key]]] if parameters[:key] in by_key else [] for parameters in asked]


def _grouped(members: Sequence[Member], size: int, key: int) -> Iterator[Sequence[Member]]:
    """Writes in the order of their keys, each key once in a group: so no group waits for one that waits for it."""
    if key == 0:
        for start in range(0, len(members), size):
            yield members[start : start + size]
        return
    left = sorted(members, key=lambda member: member.parameters[:key])
    while left:
        group: dict[Parameters, Member] = {}
        for member in left:
            if len(group) < size:
                group.setdefault(member.parameters[:key], member)
        taken = {id(member) for member in group.values()}
        left = [member for member in left if id(member) not in taken]
        yield list(group.values())
