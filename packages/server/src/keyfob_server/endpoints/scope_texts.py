"""The texts of an operator's scopes, as they are in force now."""

from typing import TYPE_CHECKING

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.ports.stored_settings import StoredSettings
from keyfob_server.rules.scope_texts import SETTING, ScopeTexts, parse

if TYPE_CHECKING:
    # the command line comes here for the stored texts alone
    from keyfob_server.endpoints.services import Services


async def stored_scope_texts(settings: StoredSettings) -> ScopeTexts:
    """Raises StorageUnavailable, also for a document that cannot be read."""
    try:
        return parse(await settings.get(SETTING))
    except ValueError as error:
        raise StorageUnavailable(f"the stored texts of scopes cannot be read: {error}") from error


async def scope_texts(services: "Services") -> ScopeTexts:
    """Raises StorageUnavailable."""
    return await stored_scope_texts(services.stored_settings)
