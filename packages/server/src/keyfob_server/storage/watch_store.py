from typing import Final

from keyfob_server.ports.watching import Note
from keyfob_server.rules.instance_count import CountedPage
from keyfob_server.storage.executor import Executor, Step
from keyfob_server.storage.stored_settings_statements import GET_STORED_SETTING, PUT_STORED_SETTING
from keyfob_server.storage.watch_statements import COUNT_PAGE

_LARGEST_PAGE: Final = 1000


class SqlWatchStore:
    """ports.watching.WatchStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def get_note(self, name: Note) -> str:
        found = await self._executor.read(GET_STORED_SETTING, (name,))
        return str(found[0][0]) if found else ""

    async def put_note(self, name: Note, value: str, *, seen: str) -> bool:
        return bool(await self._executor.write(Step(PUT_STORED_SETTING, (name, value, seen))))

    async def count_page(self, *, after: str, limit: int) -> CountedPage:
        limit = min(limit, _LARGEST_PAGE)
        rows = await self._executor.read(COUNT_PAGE, (after, limit))
        full = sum(int(row[3]) for row in rows) == limit
        return CountedPage({row[0]: int(row[1]) for row in rows}, max(row[2] for row in rows) if full else "")
