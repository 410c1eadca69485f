"""The texts of an operator's scopes, as they are in force now."""

from typing import TYPE_CHECKING

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.scope_texts import SETTING, ScopeTexts, parse

if TYPE_CHECKING:
    # the command line comes here for the reading alone
    from keyfob_server.endpoints.services import Services


def read_scope_texts(stored: str) -> ScopeTexts:
    """Raises StorageUnavailable for a document that cannot be read."""
    try:
        return parse(stored)
    except ValueError as error:
        raise StorageUnavailable(f"the stored texts of scopes cannot be read: {error}") from error


async def scope_texts(services: "Services") -> ScopeTexts:
    """Raises StorageUnavailable, also for a document that cannot be read."""
    return read_scope_texts(await services.stored_settings.get(SETTING))
