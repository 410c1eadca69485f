from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
from keyfob_server.rules.devices import Device
from keyfob_server.rules.initial_token_records import OwnerCounts
from keyfob_server.storage import device_statements, room_statements
from keyfob_server.storage.device_store import device_of
from keyfob_server.storage.executor import Executor
from keyfob_server.storage.paging import page_of


class SqlRegistrationRoom:
    """ports.registration_room.RegistrationRoom."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def count_instances(self, owner: AccountId, *, limit: int) -> dict[ClientId | None, OwnerCounts]:
        found = await self._executor.read(room_statements.COUNT_INSTANCES, (owner, page_of(limit)))
        return {
            ClientId(template) if template else None: OwnerCounts(live, new, oldest_new or 0)
            for template, live, new, oldest_new in found
        }

    async def list_open_templates(self, *, limit: int) -> list[ClientId]:
        found = await self._executor.read(room_statements.LIST_OPEN_TEMPLATES, ("", page_of(limit)))
        return [ClientId(row[0]) for row in found]

    async def list_longest_unused(
        self, owner: AccountId, template: ClientId | None, *, session_id: SessionId | None, limit: int
    ) -> list[Device]:
        asked = (owner, template or "", session_id, page_of(limit))
        return [device_of(row) for row in await self._executor.read(device_statements.LIST_LONGEST_UNUSED, asked)]
