from keyfob_server.rules.acts import Act
from keyfob_server.storage import stored_settings_statements as texts
from keyfob_server.storage.audit_steps import audit_step
from keyfob_server.storage.executor import Executor, Step


class SqlStoredSettings:
    """ports.stored_settings.StoredSettings."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def get(self, name: str) -> str:
        found = await self._executor.read(texts.GET_STORED_SETTING, (name,))
        return str(found[0][0]) if found else ""

    async def put(self, name: str, value: str, *, seen: str, act: Act) -> bool:
        told = audit_step("setting.changed", "setting", name, act, before=seen, after=value)
        done = await self._executor.write(told, Step(texts.PUT_STORED_SETTING, (name, value, seen)))
        return bool(done)
