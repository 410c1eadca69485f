"""`keyfob audit ...` and `keyfob sweep`: what needs the keys or the policy beside the database."""

from keyfob_server.composition.administration import Administration
from keyfob_server.composition.keys import load_roots
from keyfob_server.crypto.secrets import HmacSecretHasher
from keyfob_server.endpoints.audit import Broken, Intact, NotVerifiable, verify
from keyfob_server.endpoints.sweeping import Swept, sweep
from keyfob_server.settings import Settings


async def verify_audit(
    tools: Administration, settings: Settings, *, expected: str, dropped: frozenset[str]
) -> Intact | NotVerifiable | Broken:
    """Raises KeyFileUnusable, StorageUnavailable."""
    hasher = HmacSecretHasher(load_roots(settings))
    return await verify(tools.store.audit, hasher, expected=expected, dropped=dropped)


async def sweep_now(tools: Administration, settings: Settings, *, dry_run: bool) -> Swept:
    """One round. Raises StorageUnavailable."""
    store = tools.store
    return await sweep(store.sweeping, store, settings.policy, now=await tools.now(), dry_run=dry_run)
