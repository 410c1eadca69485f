from typing import Final

import msgspec

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.document_changes import PutTemplate, SameTemplate
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import ACTIVE
from keyfob_server.rules.templates import Template, TemplateVersion
from keyfob_server.storage import template_statements as texts
from keyfob_server.storage.audit_steps import audit_id
from keyfob_server.storage.client_documents import metadata_of, settings_of, text_of
from keyfob_server.storage.executor import Executor, Row, Step

_LARGEST_PAGE: Final = 1000
_BEHIND_ALL: Final = 2**62


class SqlTemplateStore:
    """ports.templates.TemplateStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def find_template(self, template_id: ClientId) -> Template | None:
        found = await self._executor.read(texts.FIND_TEMPLATE, (template_id,))
        return template_of(found[0]) if found else None

    async def list_templates(self, *, after: str = "", limit: int = 100) -> list[Template]:
        return [template_of(row) for row in await self._executor.read(texts.LIST_TEMPLATES, (after, _page(limit)))]

    async def list_versions(
        self, template_id: ClientId, *, before: int | None = None, limit: int = 100
    ) -> list[TemplateVersion]:
        asked = (template_id, _BEHIND_ALL if before is None else before, _page(limit))
        return [_version_of(row) for row in await self._executor.read(texts.LIST_TEMPLATE_VERSIONS, asked)]

    async def find_version(self, template_id: ClientId, version: int) -> TemplateVersion | None:
        found = await self._executor.read(texts.FIND_TEMPLATE_VERSION, (template_id, version))
        return _version_of(found[0]) if found else None

    async def put_template(
        self,
        template_id: ClientId,
        metadata: ClientMetadata,
        settings: ClientSettings,
        *,
        seen: int,
        ends_grants: bool,
        act: Act,
    ) -> int | None:
        put = PutTemplate(template_id, metadata, settings, seen, ends_grants)
        made = await self._executor.write(*put_template_steps(put, act))
        return int(made[0][0]) if made else None

    async def set_template_status(self, template_id: ClientId, status: str, *, act: Act) -> bool:
        event = "template.enabled" if status == ACTIVE else "template.disabled"
        told = (audit_id(), event, act.by, act.origin, act.reason, template_id, status)
        changed = await self._executor.write(
            Step(texts.TEMPLATE_STATUS_ACT, told), Step(texts.SET_TEMPLATE_STATUS, (template_id, status))
        )
        return bool(changed)

    async def count_instances(self, template_id: ClientId) -> int:
        ((count,),) = await self._executor.read(texts.COUNT_INSTANCES_OF_TEMPLATE, (template_id,))
        return int(count)


def put_template_steps(put: PutTemplate, act: Act) -> tuple[Step, ...]:
    """The last one brings the number of the version that was made."""
    documents = (text_of(put.metadata), text_of(put.settings))
    if put.seen:
        event, before = "template.changed", f"version {put.seen}"
        change = Step(texts.CHANGE_TEMPLATE, (put.template_id, *documents, put.seen, int(put.ends_grants)))
    else:
        event, before = "template.added", ""
        change = Step(texts.ADD_TEMPLATE, (put.template_id, *documents))
    told = (audit_id(), event, act.by, act.origin, act.reason, put.template_id, before)
    version = (put.template_id, act.by, act.reason)
    return change, Step(texts.TEMPLATE_ACT, told), Step(texts.ADD_TEMPLATE_VERSION, version)


def same_template_step(same: SameTemplate) -> Step:
    """Brings no row when it is not as it was seen."""
    return Step(texts.IS_TEMPLATE_AS_SEEN, (same.template_id, same.seen))


def template_of(row: Row) -> Template:
    """The columns of FIND_TEMPLATE; raises StorageUnavailable when somebody left a document that cannot be read."""
    template_id, status, generation, version, attributes, settings = row
    metadata, decided = _documents_of(attributes, settings)
    return Template(ClientId(template_id), status, generation, version, metadata, decided)


def _version_of(row: Row) -> TemplateVersion:
    template_id, version, attributes, settings, by, reason, created = row
    metadata, decided = _documents_of(attributes, settings)
    return TemplateVersion(ClientId(template_id), version, metadata, decided, by, reason, created)


def _documents_of(attributes: str, settings: str) -> tuple[ClientMetadata, ClientSettings]:
    try:
        return metadata_of(attributes), settings_of(settings)
    except msgspec.MsgspecError as error:
        raise StorageUnavailable(f"a stored template cannot be read: {error}") from error


def _page(limit: int) -> int:
    return max(0, min(limit, _LARGEST_PAGE))
