from typing import Protocol

from keyfob_protocol.identifiers import AccountId, ClientId


class GrantLimitStore(Protocol):
    async def revoke_surplus_grants(self, client_id: ClientId, account_id: AccountId, *, keep: int, reason: str) -> int:
        """Revoke this person's live grants at this client but the newest `keep`; how many they were.

        It looks at the newest thousand grants of the client, so that it costs the same whoever floods. Raises
        StorageUnavailable.
        """
        ...
