from typing import Protocol

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.consent import Consent


class ConsentStore(Protocol):
    """What people allowed. All raise StorageUnavailable."""

    async def find_consent(self, account_id: AccountId, client_id: ClientId) -> Consent | None: ...

    async def put_consent(self, consent: Consent) -> None:
        """Insert, or replace the one before of the same person and client."""
        ...
