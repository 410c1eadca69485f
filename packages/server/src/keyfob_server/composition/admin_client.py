"""The admin pages as a client of the server that they belong to."""

from dataclasses import replace
from urllib.parse import urlsplit

from keyfob_server.ports.storage import Store
from keyfob_server.rules.admin_client import AdminAddress, admin_client
from keyfob_server.rules.records import RETIRED
from keyfob_server.settings import Settings
from keyfob_server.settings.base_url import bracketed, is_loopback

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on


def admin_address(settings: Settings) -> AdminAddress | None:
    """None where passwords and sessions would go over a network in plain http: then there are no admin pages."""
    if settings.admin_base_url:
        return AdminAddress(settings.admin_base_url, settings.base_url)
    host = settings.admin_host
    if settings.tls is None and not is_loopback(host):
        return None
    host = urlsplit(settings.base_url).hostname or host if host in _EVERYWHERE else host
    scheme = "http" if settings.tls is None else "https"
    return AdminAddress(f"{scheme}://{bracketed(host)}:{settings.admin_port}", settings.base_url)


async def put_admin_client(store: Store, settings: Settings, *, now: int) -> None:
    """A status that somebody set stays. Raises StorageUnavailable."""
    address = admin_address(settings)
    if address is None:
        return
    client = admin_client(address)
    known = (await store.load(client_id=client.client_id)).client
    if known is not None and known.status != RETIRED:
        client = replace(client, status=known.status)
    await store.put_static_client(client, now=now)
