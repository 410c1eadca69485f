from keyfob_server.ports.document_changes import PutSetting, SameSetting
from keyfob_server.rules.acts import Act
from keyfob_server.storage import stored_settings_statements as texts
from keyfob_server.storage.audit_steps import audit_step
from keyfob_server.storage.executor import Executor, Step


class SqlStoredSettings:
    """ports.stored_settings.StoredSettings."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def get(self, name: str) -> str:
        ((value,),) = await self._executor.read(texts.GET_STORED_SETTING, (name,))
        return str(value)

    async def put(self, name: str, value: str, *, seen: str, act: Act) -> bool:
        return bool(await self._executor.write(*put_setting_steps(PutSetting(name, value, seen), act)))


def put_setting_steps(put: PutSetting, act: Act) -> tuple[Step, ...]:
    told = audit_step("setting.changed", "setting", put.name, act, before=put.seen, after=put.value)
    return told, Step(texts.PUT_STORED_SETTING, (put.name, put.value, put.seen))


def same_setting_step(same: SameSetting) -> Step:
    """Brings no row when it is not as it was seen."""
    return Step(texts.IS_STORED_SETTING_AS_SEEN, (same.name, same.seen))
