from typing import Protocol

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.acts import Act
from keyfob_server.rules.consent import AgreedApp, Consent


class ConsentStore(Protocol):
    """What people allowed. All raise StorageUnavailable."""

    async def find_consent(self, account_id: AccountId, client_id: ClientId) -> Consent | None: ...

    async def put_consent(self, consent: Consent) -> None:
        """Insert, or replace the one before of the same person and client."""
        ...

    async def list_agreed_apps(
        self, account_id: AccountId, *, lifetime_s: int, after: str = "", limit: int = 50
    ) -> list[AgreedApp]:
        """What still stands of what this person allowed, by client id, behind `after`."""
        ...

    async def withdraw_consent(self, account_id: AccountId, user_name: str, client_id: ClientId, *, act: Act) -> bool:
        """Remove it, and revoke the live grants that this person has at the client, with the audit row of the act;
        False, and nothing changed, when there is none.
        """
        ...
