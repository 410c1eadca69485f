"""The verbs of devices over an executor."""

from typing import Any, Final

import msgspec

from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
from keyfob_server.rules.acts import Act
from keyfob_server.rules.devices import REMOVED_SHOWN_S, Device
from keyfob_server.storage import device_statements
from keyfob_server.storage.audit_steps import audit_step
from keyfob_server.storage.executor import Executor, Row, Step
from keyfob_server.storage.said import app_name, said_by

_LARGEST_PAGE: Final = 100
_LAST: Final = "~"
"""Behind every client id."""
_TRIES: Final = 3
_MOST_BATCHES: Final = 100

_members: Final = msgspec.json.Decoder(dict[str, Any])


class SqlDeviceStore:
    """ports.devices.DeviceStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def list_devices(
        self, owner: AccountId, *, session_id: SessionId | None = None, before: str = "", limit: int = 50
    ) -> list[Device]:
        asked = (owner, before or _LAST, REMOVED_SHOWN_S, session_id, max(1, min(limit, _LARGEST_PAGE)))
        return [device_of(row) for row in await self._executor.read(device_statements.LIST_DEVICES, asked)]

    async def find_device(
        self, owner: AccountId, client_id: ClientId, *, session_id: SessionId | None = None
    ) -> Device | None:
        found = await self._executor.read(device_statements.FIND_DEVICE, (client_id, owner, session_id))
        return device_of(found[0]) if found else None

    async def rename_device(self, owner: AccountId, client_id: ClientId, name: str, *, act: Act) -> bool:
        for _ in range(_TRIES):
            found = await self._executor.read(device_statements.READ_DEVICE_DOCUMENT, (client_id, owner))
            if not found:
                return False
            document: str = found[0][0]
            members = _members.decode(document)
            before = str(members.get("instance_name", ""))
            renamed = msgspec.json.encode({**members, "instance_name": name}).decode()
            done = await self._executor.write(
                audit_step("instance.renamed", "instance", client_id, act, before=before, after=name),
                Step(device_statements.RENAME_DEVICE, (client_id, owner, document, renamed)),
            )
            if done:
                return True
        return False

    async def end_other_sessions(self, owner: AccountId, user_name: str, but: SessionId, *, act: Act) -> int:
        ended = 0
        for _ in range(_MOST_BATCHES):
            some = await self._executor.write(
                audit_step("account.signed_out_elsewhere", "account", user_name, act),
                Step(device_statements.END_OTHER_SESSIONS, (owner, but, _LARGEST_PAGE)),
            )
            ended += len(some)
            if len(some) < _LARGEST_PAGE:
                break
        return ended


def device_of(row: Row) -> Device:
    """A row of LIST_DEVICES, FIND_DEVICE or LIST_LONGEST_UNUSED."""
    client_id, attributes, shared, status, template_status, status_at, created, first_used, last_used, here = row
    own, template = said_by(attributes), said_by(shared or "{}")
    return Device(
        client_id=ClientId(client_id),
        app_name=app_name(own, template),
        name=own.instance_name,
        platform=own.instance_platform,
        status=status,
        template_status=template_status,
        status_at=status_at,
        created=created,
        first_used=first_used,
        last_used=last_used,
        here=bool(here),
    )
