"""The Protocols of the extension points; the tables lie in each folder's `__init__`."""

from typing import Protocol

from keyfob_protocol.identifiers import AccountId
from keyfob_protocol.token_response import TokenResponse
from keyfob_server.endpoints.client_auth import AuthenticatedClient
from keyfob_server.rules.records import GrantKey, Loaded


class PreparedGrant(Protocol):
    """A token request of one grant type, parsed, its sealed value opened: what to load, and what to do then."""

    @property
    def name(self) -> str:
        """The `grant_type`."""
        ...

    @property
    def account_id(self) -> AccountId | None: ...

    @property
    def grant_key(self) -> GrantKey | None: ...

    @property
    def dead_client_is_invalid_grant(self) -> bool:
        """How the grant answers for a client that is not active (wire.md, "A client that is not active")."""
        ...

    async def redeem(self, client: AuthenticatedClient, loaded: Loaded) -> TokenResponse: ...
