"""The verb of web origins over an executor."""

from typing import Final

from keyfob_server.storage import origin_statements
from keyfob_server.storage.client_documents import settings_of
from keyfob_server.storage.executor import Executor

_MOST: Final = 1000


class SqlOriginStore:
    """ports.origins.OriginStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def lists_origin(self, origin: str) -> bool:
        found = await self._executor.read(origin_statements.LIST_SETTINGS_NAMING, (origin, _MOST))
        return any(origin in settings_of(text).cors_origins for (text,) in found)
