"""How many sign-ins with a refresh token one person has at one app: the oldest goes, after the newest was answered."""

from typing import Final

from keyfob_server.endpoints.issue import client_lifetimes
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.authorize import DCR
from keyfob_server.rules.records import Client, Grant

MOST_GRANTS: Final = 10
_REASON: Final = "replaced by newer sign-ins"


def keep_few_grants(services: Services, client: Client, added: Grant) -> None:
    """Nobody waits for it: the answer to the new sign-in is not held up by the old ones."""
    if DCR in added.scope or not client_lifetimes(services, client).refresh_tokens:
        return
    key = (added.key.client_id, added.account_id)

    async def revoke_surplus() -> None:
        count = await services.grant_limits.revoke_surplus_grants(*key, keep=MOST_GRANTS, reason=_REASON)
        if count:
            services.events.emit("grants.replaced", client_id=key[0], account_id=key[1], count=count)

    services.background.start(key, revoke_surplus)
