"""The storage verbs. Every write that returned is durable; every read is one statement."""

from typing import Protocol

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
from keyfob_server.ports.account_acts import AccountActs
from keyfob_server.ports.audit import AuditStore
from keyfob_server.ports.consents import ConsentStore
from keyfob_server.ports.devices import DeviceStore
from keyfob_server.ports.document_changes import DocumentStore
from keyfob_server.ports.grant_limits import GrantLimitStore
from keyfob_server.ports.initial_tokens import InitialTokenStore
from keyfob_server.ports.instance_search import InstanceSearch
from keyfob_server.ports.key_storage import KeyAdminStore, KeyStore
from keyfob_server.ports.limits import SignInFailureStore
from keyfob_server.ports.origins import OriginStore
from keyfob_server.ports.registration_room import RegistrationRoom
from keyfob_server.ports.sessions import SessionStore
from keyfob_server.ports.static_clients import StaticClientStore
from keyfob_server.ports.stored_settings import StoredSettings
from keyfob_server.ports.sweeping import SweepStore
from keyfob_server.ports.templates import TemplateStore
from keyfob_server.ports.watching import WatchStore
from keyfob_server.rules.acts import ITSELF, Act, InstanceChange
from keyfob_server.rules.records import (
    Account,
    Client,
    Grant,
    GrantKey,
    Loaded,
    LoadedRegistration,
    NewInstance,
    Registration,
    RotatingSecret,
)
from keyfob_server.rules.summaries import InstanceSummary
from keyfob_server.rules.template_members import OwnMembers


class StorageUnavailable(Exception):
    """Nothing was written; the same call may succeed after `retry_after_s` seconds."""

    def __init__(self, reason: str, *, retry_after_s: int = 2) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


class InstanceStatusStore(Protocol):
    async def set_instance_status(
        self,
        client_id: ClientId,
        status: str,
        *,
        act: Act,
        tombstone: ClientMetadata | None = None,
        end_sessions: bool = False,
    ) -> InstanceChange | None:
        """Set the status and raise the generation, with its audit row. A final status stays: None, nothing changed.

        `tombstone` is what is kept of the metadata. With `end_sessions` the browser sign-ins that its grants came from
        end in the same transaction.
        """
        ...


class HotStore(InstanceStatusStore, Protocol):
    """What a request to the protocol endpoints needs. All raise StorageUnavailable."""

    async def load(
        self,
        *,
        client_id: ClientId | None = None,
        account_id: AccountId | None = None,
        grant: GrantKey | None = None,
        session_id: SessionId | None = None,
        token_id: str | None = None,
        caller_id: ClientId | None = None,
    ) -> Loaded:
        """Bring the client with its template, the grant, the session, and the account: `account_id`, else the
        session's, else the grant's. What was not asked for or does not exist is None.

        `token_id` is that of a token without a grant, issued to the client: `token_revoked` says whether it was
        revoked. `caller_id` names a static client that asks about it all.
        """
        ...

    async def add_grant(self, grant: Grant) -> bool:
        """Insert; False when the key exists already, with nothing changed (the code was redeemed before)."""
        ...

    async def rotate_grant(
        self, key: GrantKey, *, presented: int, generation: int, now: int, successor: int | None = None
    ) -> bool:
        """Move the refresh counter from `presented` to the next number, or to `successor`; False when it is not that
        any more, or the grant was killed.
        """
        ...

    async def revoke_grant(
        self, key: GrantKey, *, reason: str, refresh_counter: int | None = None, act: Act | None = None
    ) -> bool:
        """Kill a live grant: status and generation in one update. With `refresh_counter` only while it is that, with
        `act` an audit row in the same transaction: for what is no app's ordinary sign-out.
        """
        ...

    async def revoke_access(self, key: GrantKey, *, access_generation: int) -> bool:
        """Raise a live grant's access generation from this one; False when it is not that any more."""
        ...

    async def add_instance(self, instance: NewInstance) -> bool:
        """Insert; False when the id exists already, with nothing changed (the initial token was used before)."""
        ...

    async def retire_previous_secret(self, client_id: ClientId, *, secret_hash: str) -> bool:
        """End the overlap of a rotation: `secret_hash`, the present one, was used. False when there was none."""
        ...


class RegistrationStore(Protocol):
    """What an app does to its own registration. All raise StorageUnavailable.

    `seen` is what was judged: False, and nothing changed, when the credential, the one that it replaced or the
    generation moved since, or the instance is not active any more.
    """

    async def load_registration(self, client_id: ClientId) -> LoadedRegistration: ...

    async def use_registration_token(self, client_id: ClientId, *, token_hash: str, expires_at: int) -> bool:
        """Note the use of the present token: a new end, and the one that it replaced dies."""
        ...

    async def replace_registration(
        self, seen: Registration, kept: ClientMetadata | OwnMembers, token: RotatingSecret, *, ends_grants: bool
    ) -> bool:
        """New metadata, or own members of a template's instance, and a new registration access token; with
        `ends_grants` the generation rises too.
        """
        ...

    async def rotate_secret(self, seen: Client, secret: RotatingSecret) -> bool: ...


class AdminStore(InstanceStatusStore, Protocol):
    """What administrators do. Each change leaves an audit row in the same transaction."""

    async def add_account(self, account: Account, *, password_hash: str, act: Act = ITSELF) -> bool:
        """Insert; False when the user name is taken, also by a disabled or deleted account."""
        ...

    async def list_accounts(self, *, after: str = "", limit: int = 100) -> list[Account]:
        """By user name, the page after `after`."""
        ...

    async def set_account_status(self, user_name: str, status: str, *, act: Act = ITSELF) -> bool:
        """Set the status and raise the generation; False when there is no such account."""
        ...

    async def set_password(self, user_name: str, *, password_hash: str, act: Act = ITSELF) -> bool:
        """Replace the password and raise the account's generation: sessions, codes and tokens from before die."""
        ...

    async def put_static_client(self, client: Client, *, now: int, act: Act = ITSELF) -> bool:
        """Insert or replace; the generation rises when something changed, and False says that nothing did."""
        ...

    async def retire_registration_clients(self, *, but: ClientId | None) -> None:
        """Switch off every active registration client that the settings named, except `but`."""
        ...

    async def find_instance(self, client_id: ClientId) -> InstanceSummary | None: ...

    async def list_instances(
        self, *, user_name: str | None = None, after: str = "", limit: int = 100
    ) -> list[InstanceSummary]:
        """By client id, which is also by time, the page after `after`."""
        ...


class Store(HotStore, RegistrationStore, SessionStore, AdminStore, KeyStore, Protocol):
    @property
    def reads_at_once(self) -> bool:
        """Whether reading waits for nothing: this process has the data at hand."""
        ...

    @property
    def consents(self) -> ConsentStore: ...

    @property
    def origins(self) -> OriginStore: ...

    @property
    def instance_search(self) -> InstanceSearch: ...

    @property
    def account_acts(self) -> AccountActs: ...

    @property
    def stored_settings(self) -> StoredSettings: ...

    @property
    def key_acts(self) -> KeyAdminStore: ...

    @property
    def audit(self) -> AuditStore: ...

    @property
    def sweeping(self) -> SweepStore: ...

    @property
    def watching(self) -> WatchStore: ...

    @property
    def sign_in_failures(self) -> SignInFailureStore: ...

    @property
    def templates(self) -> TemplateStore: ...

    @property
    def static_clients(self) -> StaticClientStore: ...

    @property
    def documents(self) -> DocumentStore: ...

    @property
    def initial_tokens(self) -> InitialTokenStore: ...

    @property
    def grant_limits(self) -> GrantLimitStore: ...

    @property
    def devices(self) -> DeviceStore: ...

    @property
    def registration_room(self) -> RegistrationRoom: ...

    async def ping(self) -> None:
        """Return when the database answers and takes writes; raises StorageUnavailable."""
        ...

    async def close(self) -> None: ...
