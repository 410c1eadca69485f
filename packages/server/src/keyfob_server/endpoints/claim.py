"""The first sign-in through an instance that belongs to nobody: it belongs to that person from then on."""

from keyfob_protocol.errors import AccessDenied
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.records import Account, Client


async def claim(services: Services, client: Client, account: Account) -> None:
    """Before anything is issued. Raises AccessDenied when somebody else was first, StorageUnavailable."""
    claimed = await services.initial_tokens.claim_instance(client.client_id, account, generation=client.generation)
    if claimed:
        services.events.emit("instance.claimed", client_id=client.client_id, account_id=account.id)
        return
    now_of = (await services.store.load(client_id=client.client_id)).client
    # the same person twice, by a button that was pressed twice
    if now_of is None or now_of.owner != account.id or now_of.generation != client.generation:
        raise AccessDenied("this app instance is registered for another account", reason="somebody was first")
