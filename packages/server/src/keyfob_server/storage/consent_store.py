"""The verbs of consents over an executor."""

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.acts import Act
from keyfob_server.rules.consent import AgreedApp, Consent
from keyfob_server.rules.records import Generations
from keyfob_server.storage import consent_statements
from keyfob_server.storage.audit_steps import consent_step
from keyfob_server.storage.executor import Executor, Row, Step
from keyfob_server.storage.paging import page_of
from keyfob_server.storage.said import app_name, said_by


class SqlConsentStore:
    """ports.consents.ConsentStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def find_consent(self, account_id: AccountId, client_id: ClientId) -> Consent | None:
        found = await self._executor.read(consent_statements.FIND_CONSENT, (account_id, client_id))
        if not found:
            return None
        account, client, scope, redirect_hash, of_client, of_account, of_template, created, expires = found[0]
        return Consent(
            account_id=AccountId(account),
            client_id=ClientId(client),
            scope=tuple(scope.split()),
            redirect_hash=redirect_hash,
            generations=Generations(client=of_client, account=of_account, template=of_template),
            created=created,
            expires=expires,
        )

    async def put_consent(self, consent: Consent) -> None:
        generations = consent.generations
        kept = (
            consent.account_id,
            consent.client_id,
            " ".join(consent.scope),
            consent.redirect_hash,
            generations.client,
            generations.account,
            generations.template,
            consent.created,
            consent.expires,
        )
        await self._executor.write(Step(consent_statements.PUT_CONSENT, kept))

    async def list_agreed_apps(
        self, account_id: AccountId, *, lifetime_s: int, after: str = "", limit: int = 50
    ) -> list[AgreedApp]:
        asked = (account_id, after, lifetime_s, page_of(limit))
        found = await self._executor.read(consent_statements.LIST_AGREED_APPS, asked)
        return [_agreed_app_of(row, lifetime_s) for row in found]

    async def withdraw_consent(self, account_id: AccountId, user_name: str, client_id: ClientId, *, act: Act) -> bool:
        key = (account_id, client_id)
        done = await self._executor.write(
            consent_step(account_id, user_name, client_id, act),
            Step(consent_statements.END_GRANTS_OF_CONSENT, (*key, act.reason), required=False),
            Step(consent_statements.REMOVE_CONSENT, key),
        )
        return bool(done)


def _agreed_app_of(row: Row, lifetime_s: int) -> AgreedApp:
    client_id, attributes, shared, scope, created, expires = row
    own, template = said_by(attributes), said_by(shared or "{}")
    return AgreedApp(
        client_id=ClientId(client_id),
        app_name=app_name(own, template),
        device_name=own.instance_name,
        scope=tuple(scope.split()),
        created=created,
        expires=min(expires, created + lifetime_s),
    )
