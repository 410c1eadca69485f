"""Registration by initial tokens: what it reads, and the rows that it leaves. All verbs raise StorageUnavailable."""

from typing import Protocol

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.acts import Act
from keyfob_server.rules.initial_token_records import IssuedInitialToken, RegistrationFacts
from keyfob_server.rules.records import Account, GrantKey, NewInstance


class InitialTokenStore(Protocol):
    async def load_for_registration(
        self,
        *,
        client_id: ClientId | None,
        account_id: AccountId | None,
        grant: GrantKey | None,
        token_id: str,
        template_id: ClientId | None,
        reserved: ClientId | None,
    ) -> RegistrationFacts:
        """Bring the initial client, the owner, the grant, the token's row or its revocation, the template, whether
        the reserved id is taken, and what the owner has registered. What was not asked for or is not there is None.
        """
        ...

    async def add_counted_instance(self, token_id: str, instance: NewInstance) -> bool:
        """Insert, and take one use off the token's budget, in one transaction. False, and nothing changed, when the id
        exists already or the token has no use left, is revoked or over.
        """
        ...

    async def add_owned_instance(
        self, instance: NewInstance, owner: AccountId, *, max_live: int, max_new: int, counted_by: str = ""
    ) -> bool:
        """Insert, with `counted_by` as `add_counted_instance` does, while the owner has fewer live instances of the
        same template, or of none, than `max_live`, and registered fewer than `max_new` of them in 24 hours; 0: any
        number. Of those who come at the same time each is counted before the next is judged.
        """
        ...

    async def add_initial_token(self, token: IssuedInitialToken, *, act: Act) -> bool:
        """Insert; False when the id exists."""
        ...

    async def find_initial_token(self, token_id: str) -> IssuedInitialToken | None: ...

    async def list_initial_tokens(self, *, after: str = "", limit: int = 100) -> list[IssuedInitialToken]:
        """By id, which is also by time, the page after `after`."""
        ...

    async def revoke_initial_token(self, token_id: str, *, act: Act) -> bool:
        """False when there is no active one."""
        ...

    async def revoke_client_token(self, client_id: ClientId, token_id: str, *, expires: int, act: Act) -> bool:
        """Of a token that has an id and no grant; False when it was revoked before."""
        ...

    async def claim_instance(self, client_id: ClientId, owner: Account, *, generation: int) -> bool:
        """Give an active instance without an owner to this person, for ever; False when somebody was first, or the
        instance changed since it had this generation.
        """
        ...

    async def close_answer(self, client_id: ClientId) -> None:
        """The registration's answer is not given again: its credentials were used."""
        ...
