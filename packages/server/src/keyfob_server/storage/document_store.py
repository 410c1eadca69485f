from collections.abc import Sequence

from keyfob_server.ports.document_changes import (
    Change,
    PutClient,
    PutSetting,
    PutTemplate,
    SameClient,
    SameSetting,
    SameTemplate,
)
from keyfob_server.rules.acts import Act
from keyfob_server.storage.executor import Executor, Step
from keyfob_server.storage.static_client_store import put_client_steps, same_client_step
from keyfob_server.storage.stored_settings import put_setting_steps, same_setting_step
from keyfob_server.storage.template_store import put_template_steps, same_template_step


class SqlDocumentStore:
    """ports.document_changes.DocumentStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def apply(self, changes: Sequence[Change], *, act: Act) -> bool:
        steps = [step for change in changes for step in _steps(change, act)]
        return not steps or bool(await self._executor.write(*steps))


def _steps(change: Change, act: Act) -> tuple[Step, ...]:
    match change:
        case PutClient():
            return put_client_steps(change, act)
        case PutTemplate():
            return put_template_steps(change, act)
        case PutSetting():
            return put_setting_steps(change, act)
        case SameClient():
            return (same_client_step(change),)
        case SameTemplate():
            return (same_template_step(change),)
        case SameSetting():
            return (same_setting_step(change),)
