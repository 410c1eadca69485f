"""The storage verbs over an executor: the same for every engine. What is decided, is decided by the rules."""

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
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
    Session,
    SigningKeyRecord,
)
from keyfob_server.rules.sign_in_record import SignInRecord
from keyfob_server.rules.summaries import InstanceSummary
from keyfob_server.rules.template_members import OwnMembers
from keyfob_server.storage import audit_statements, load_statements, registration_statements, rows, statements
from keyfob_server.storage.account_acts import SqlAccountActs
from keyfob_server.storage.audit_steps import account_step, audit_id, audit_step, grant_step, instance_step
from keyfob_server.storage.audit_store import SqlAuditStore
from keyfob_server.storage.client_documents import text_of
from keyfob_server.storage.consent_store import SqlConsentStore
from keyfob_server.storage.device_store import SqlDeviceStore
from keyfob_server.storage.document_store import SqlDocumentStore
from keyfob_server.storage.executor import Executor, SqlValue, Step
from keyfob_server.storage.grant_limit_store import SqlGrantLimitStore
from keyfob_server.storage.initial_token_store import SqlInitialTokenStore
from keyfob_server.storage.instance_search import SqlInstanceSearch
from keyfob_server.storage.key_store import SqlKeyAdminStore
from keyfob_server.storage.origin_store import SqlOriginStore
from keyfob_server.storage.paging import LARGEST_PAGE, page_of
from keyfob_server.storage.room_store import SqlRegistrationRoom
from keyfob_server.storage.sign_in_failures import SqlSignInFailures
from keyfob_server.storage.static_client_store import SqlStaticClientStore
from keyfob_server.storage.stored_settings import SqlStoredSettings
from keyfob_server.storage.sweep_store import SqlSweepStore
from keyfob_server.storage.template_store import SqlTemplateStore
from keyfob_server.storage.watch_store import SqlWatchStore


class SqlStore:
    """ports.storage.Store."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.reads_at_once = executor.reads_at_once
        self.consents = SqlConsentStore(executor)
        self.origins = SqlOriginStore(executor)
        self.audit = SqlAuditStore(executor)
        self.sweeping = SqlSweepStore(executor)
        self.watching = SqlWatchStore(executor)
        self.instance_search = SqlInstanceSearch(executor)
        self.account_acts = SqlAccountActs(executor)
        self.stored_settings = SqlStoredSettings(executor)
        self.key_acts = SqlKeyAdminStore(executor)
        self.sign_in_failures = SqlSignInFailures(executor)
        self.templates = SqlTemplateStore(executor)
        self.static_clients = SqlStaticClientStore(executor)
        self.documents = SqlDocumentStore(executor)
        self.initial_tokens = SqlInitialTokenStore(executor)
        self.grant_limits = SqlGrantLimitStore(executor)
        self.devices = SqlDeviceStore(executor)
        self.registration_room = SqlRegistrationRoom(executor)

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
        named = (client_id, account_id, *(grant or (None, None)), session_id, token_id, caller_id)
        (row,) = await self._executor.read(*load_statements.for_what_is(named))
        return rows.loaded_of(row)

    async def add_grant(self, grant: Grant) -> bool:
        return await self._done(statements.ADD_GRANT, rows.of_grant(grant))

    async def rotate_grant(
        self, key: GrantKey, *, presented: int, generation: int, now: int, successor: int | None = None
    ) -> bool:
        following = presented + 1 if successor is None else successor
        return await self._done(statements.ROTATE_GRANT, (*key, presented, generation, now, following))

    async def revoke_grant(
        self, key: GrantKey, *, reason: str, refresh_counter: int | None = None, act: Act | None = None
    ) -> bool:
        revoke = Step(statements.REVOKE_GRANT, (*key, reason, refresh_counter))
        if act is None:
            return bool(await self._executor.write(revoke))
        return bool(await self._executor.write(grant_step(key, act, refresh_counter), revoke))

    async def revoke_access(self, key: GrantKey, *, access_generation: int) -> bool:
        return await self._done(statements.REVOKE_ACCESS, (*key, access_generation))

    async def add_instance(self, instance: NewInstance) -> bool:
        return await self._done(statements.ADD_INSTANCE, rows.of_instance(instance))

    async def retire_previous_secret(self, client_id: ClientId, *, secret_hash: str) -> bool:
        return await self._done(registration_statements.RETIRE_PREVIOUS_SECRET, (client_id, secret_hash))

    async def load_registration(self, client_id: ClientId) -> LoadedRegistration:
        (row,) = await self._executor.read(registration_statements.LOAD_REGISTRATION, (client_id,))
        return rows.loaded_registration_of(row)

    async def use_registration_token(self, client_id: ClientId, *, token_hash: str, expires_at: int) -> bool:
        used = (client_id, token_hash, expires_at)
        return await self._done(registration_statements.USE_REGISTRATION_TOKEN, used)

    async def replace_registration(
        self, seen: Registration, kept: ClientMetadata | OwnMembers, token: RotatingSecret, *, ends_grants: bool
    ) -> bool:
        condition = (seen.client.client_id, seen.token.hash, seen.client.generation)
        replaced = (*condition, *rows.of_kept(kept), int(ends_grants), *rows.of_rotating(token))
        return await self._done(registration_statements.REPLACE_REGISTRATION, (*replaced, seen.token.previous_hash))

    async def rotate_secret(self, seen: Client, secret: RotatingSecret) -> bool:
        rotated = (seen.client_id, seen.secret_hash, seen.generation, *rows.of_rotating(secret))
        return await self._done(registration_statements.ROTATE_SECRET, (*rotated, seen.previous_secret_hash))

    async def find_sign_in(self, user_name: str) -> SignInRecord:
        (row,) = await self._executor.read(statements.FIND_SIGN_IN, (user_name,))
        return rows.sign_in_of(row)

    async def replace_password_hash(self, account_id: AccountId, *, old: str, new: str) -> None:
        await self._done(statements.REPLACE_PASSWORD_HASH, (account_id, old, new))

    async def add_session(self, session: Session) -> None:
        """Raises ValueError when the id exists: ids are random, so one that repeats was made wrongly."""
        if not await self._done(statements.ADD_SESSION, rows.of_session(session)):
            raise ValueError("a session of this id exists")

    async def touch_session(self, session_id: SessionId, *, seen_at: int) -> None:
        await self._done(statements.TOUCH_SESSION, (session_id, seen_at))

    async def end_session(self, session_id: SessionId) -> bool:
        return await self._done(statements.END_SESSION, (session_id,))

    async def add_account(self, account: Account, *, password_hash: str, act: Act = ITSELF) -> bool:
        added = await self._executor.write(
            audit_step("account.added", "account", account.user_name, act, after=" ".join(account.roles)),
            Step(statements.ADD_ACCOUNT, rows.of_account(account)),
            Step(statements.PUT_PASSWORD, (account.user_name, password_hash)),
        )
        return bool(added)

    async def list_accounts(self, *, after: str = "", limit: int = 100) -> list[Account]:
        found = await self._executor.read(statements.LIST_ACCOUNTS, (after, page_of(limit)))
        return [rows.account_of(row) for row in found]

    async def set_account_status(self, user_name: str, status: str, *, act: Act = ITSELF) -> bool:
        changed = await self._executor.write(
            account_step("status_changed", user_name, act, after=status),
            Step(statements.SET_ACCOUNT_STATUS, (user_name, status)),
        )
        return bool(changed)

    async def set_password(self, user_name: str, *, password_hash: str, act: Act = ITSELF) -> bool:
        changed = await self._executor.write(
            account_step("password_changed", user_name, act),
            Step(statements.PUT_PASSWORD, (user_name, password_hash)),
            Step(statements.RAISE_ACCOUNT_GENERATION, (user_name,)),
        )
        return bool(changed)

    async def put_static_client(self, client: Client, *, now: int, act: Act = ITSELF) -> bool:
        put = await self._executor.write(
            audit_step("client.changed", "client", client.client_id, act, after=client.status),
            Step(statements.PUT_STATIC_CLIENT, rows.of_static_client(client, now)),
        )
        return bool(put)

    async def retire_registration_clients(self, *, but: ClientId | None) -> None:
        told = (audit_id(), ITSELF.by, but or "")
        await self._executor.write(
            Step(audit_statements.RETIREMENT_ACT, told), Step(statements.RETIRE_REGISTRATION_CLIENTS, (but or "",))
        )

    async def find_instance(self, client_id: ClientId) -> InstanceSummary | None:
        found = await self._executor.read(statements.FIND_INSTANCE, (client_id,))
        return rows.summary_of(found[0]) if found else None

    async def list_instances(
        self, *, user_name: str | None = None, after: str = "", limit: int = 100
    ) -> list[InstanceSummary]:
        if user_name is None:
            found = await self._executor.read(statements.LIST_INSTANCES, (after, page_of(limit)))
        else:
            found = await self._executor.read(statements.LIST_INSTANCES_OF, (user_name, after, page_of(limit)))
        return [rows.summary_of(row) for row in found]

    async def set_instance_status(
        self,
        client_id: ClientId,
        status: str,
        *,
        act: Act,
        tombstone: ClientMetadata | None = None,
        end_sessions: bool = False,
    ) -> InstanceChange | None:
        kept = text_of(tombstone) if tombstone else None
        change = Step(statements.SET_INSTANCE_STATUS, (client_id, status, act.by, act.reason, kept))
        steps = [instance_step(client_id, status, act), change]
        if end_sessions:
            steps.insert(1, Step(statements.END_SESSIONS_OF_INSTANCE, (client_id,), required=False))
        done = await self._executor.write(*steps)
        return InstanceChange(*done[0]) if done else None

    async def list_signing_keys(self) -> list[SigningKeyRecord]:
        found = await self._executor.read(statements.LIST_SIGNING_KEYS, (LARGEST_PAGE,))
        return [rows.signing_key_of(row) for row in found]

    async def add_first_signing_key(self, record: SigningKeyRecord) -> list[SigningKeyRecord]:
        found = await self._executor.write(
            Step(statements.ADD_FIRST_SIGNING_KEY, rows.of_signing_key(record), required=False),
            Step(statements.LIST_SIGNING_KEYS, (LARGEST_PAGE,)),
        )
        return [rows.signing_key_of(row) for row in found]

    async def get_setting(self, name: str) -> str | None:
        found = await self._executor.read(statements.GET_SETTING, (name,))
        return str(found[0][0]) if found else None

    async def add_setting(self, name: str, value: str) -> str:
        ((stands,),) = await self._executor.write(Step(statements.ADD_SETTING, (name, value)))
        return str(stands)

    async def ping(self) -> None:
        await self._executor.read(statements.PING, ())
        # as a write it changes nothing, but waits for the same lock and file as every other
        await self._executor.write(Step(statements.PING, ()))

    async def close(self) -> None:
        await self._executor.close()

    async def _done(self, text: str, parameters: tuple[SqlValue, ...]) -> bool:
        return bool(await self._executor.write(Step(text, parameters)))
