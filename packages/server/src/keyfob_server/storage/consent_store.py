"""The verbs of consents over an executor."""

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.consent import Consent
from keyfob_server.rules.records import Generations
from keyfob_server.storage import consent_statements
from keyfob_server.storage.executor import Executor, Step


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
