"""The page of devices as a client of the server that it belongs to."""

from dataclasses import replace

from keyfob_server.ports.storage import Store
from keyfob_server.rules.devices import devices_client
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import RETIRED


async def put_devices_client(store: Store, policy: Policy, *, now: int) -> None:
    """A status that somebody set stays. Raises StorageUnavailable."""
    client = devices_client(policy.base_url, policy.paths.devices)
    known = (await store.load(client_id=client.client_id)).client
    if known is not None and known.status != RETIRED:
        client = replace(client, status=known.status)
    await store.put_static_client(client, now=now)
