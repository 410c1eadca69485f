"""Templates and their versions."""

from typing import Protocol

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.templates import Template, TemplateVersion


class TemplateStore(Protocol):
    """All raise StorageUnavailable. Each change leaves a version or a status, and an audit row, in one transaction."""

    async def find_template(self, template_id: ClientId) -> Template | None: ...

    async def list_templates(self, *, after: str = "", limit: int = 100) -> list[Template]:
        """By id, the page after `after`."""
        ...

    async def list_versions(
        self, template_id: ClientId, *, before: int | None = None, limit: int = 100
    ) -> list[TemplateVersion]:
        """Newest first, the page before the version `before`; None: from the newest on."""
        ...

    async def find_version(self, template_id: ClientId, version: int) -> TemplateVersion | None: ...

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
        """Make the version after `seen`; 0 makes a new template, which is active. With `ends_grants` the generation
        rises.

        The number of the version; None, and nothing changed, when `seen` is not the newest any more.
        """
        ...

    async def set_template_status(self, template_id: ClientId, status: str, *, act: Act) -> bool:
        """Set the status and raise the generation; False for no such template, or one that has the status."""
        ...

    async def count_instances(self, template_id: ClientId) -> int:
        """Instances without a final status."""
        ...
