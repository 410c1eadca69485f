from typing import Final

import msgspec

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.acts import Act
from keyfob_server.rules.initial_token_records import IssuedInitialToken, OwnerCounts, RegistrationFacts
from keyfob_server.rules.records import Account, GrantKey, NewInstance
from keyfob_server.rules.templates import Template
from keyfob_server.rules.token_limits import TokenLimits
from keyfob_server.storage import initial_token_statements as texts
from keyfob_server.storage import rows, statements
from keyfob_server.storage.audit_steps import audit_step
from keyfob_server.storage.client_documents import metadata_of, settings_of
from keyfob_server.storage.executor import Executor, Row, Step

_LARGEST_PAGE = 1000
_LOADED: Final = slice(0, 59)
_ISSUED: Final = slice(59, 69)
_TEMPLATE: Final = slice(69, 75)
_TAKEN: Final = 75
_COUNTS: Final = slice(76, 82)


class _Limits(msgspec.Struct, frozen=True):
    redirect_uris: tuple[str, ...] = ()
    note: str = ""
    policies: tuple[str, ...] = ()


_limits: Final = msgspec.json.Decoder(_Limits)


class SqlInitialTokenStore:
    """ports.initial_tokens.InitialTokenStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

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
        grant_client_id, grant_id = grant or (None, None)
        asked = (client_id, account_id, grant_client_id, grant_id, token_id, template_id, reserved)
        (row,) = await self._executor.read(texts.LOAD_FOR_REGISTRATION, asked)
        return _facts_of(row)

    async def add_counted_instance(self, token_id: str, instance: NewInstance) -> bool:
        added = await self._executor.write(
            Step(statements.ADD_INSTANCE, rows.of_instance(instance)), Step(texts.USE_INITIAL_TOKEN, (token_id,))
        )
        return bool(added)

    async def add_owned_instance(
        self, instance: NewInstance, owner: AccountId, *, max_live: int, max_new: int, counted_by: str = ""
    ) -> bool:
        steps = [
            Step(texts.HAS_ROOM, (owner, instance.template or "", max_live, max_new)),
            Step(statements.ADD_INSTANCE, rows.of_instance(instance)),
        ]
        if counted_by:
            steps.append(Step(texts.USE_INITIAL_TOKEN, (counted_by,)))
        return bool(await self._executor.write(*steps, exclusive=f"registrations of {owner}"))

    async def add_initial_token(self, token: IssuedInitialToken, *, act: Act) -> bool:
        limits = msgspec.json.encode(_Limits(token.limits.redirect_uris, token.note, token.limits.policies)).decode()
        row = (
            token.id, token.status, token.uses_left, token.uses, token.account_id or "", token.template or "", limits,
            token.issued_by, token.created, token.expires,
        )  # fmt: skip
        uses = "unlimited" if token.uses_left is None else str(token.uses_left)
        issued = audit_step("initial_token.issued", "initial_token", token.id, act, after=f"uses {uses}")
        return bool(await self._executor.write(issued, Step(texts.ADD_INITIAL_TOKEN, row)))

    async def find_initial_token(self, token_id: str) -> IssuedInitialToken | None:
        found = await self._executor.read(texts.FIND_INITIAL_TOKEN, (token_id,))
        return _listed_of(found[0]) if found else None

    async def list_initial_tokens(self, *, after: str = "", limit: int = 100) -> list[IssuedInitialToken]:
        page = max(0, min(limit, _LARGEST_PAGE))
        return [_listed_of(row) for row in await self._executor.read(texts.LIST_INITIAL_TOKENS, (after, page))]

    async def revoke_initial_token(self, token_id: str, *, act: Act) -> bool:
        revoked = audit_step("initial_token.revoked", "initial_token", token_id, act, before="active", after="revoked")
        return bool(await self._executor.write(revoked, Step(texts.REVOKE_INITIAL_TOKEN, (token_id,))))

    async def revoke_client_token(self, client_id: ClientId, token_id: str, *, expires: int, act: Act) -> bool:
        revoked = audit_step("token.revoked", "token", token_id, act, before="active", after="revoked")
        row = (client_id, token_id, expires)
        return bool(await self._executor.write(revoked, Step(texts.REVOKE_CLIENT_TOKEN, row)))

    async def claim_instance(self, client_id: ClientId, owner: Account, *, generation: int) -> bool:
        act = Act(by="owner", reason="first sign-in")
        claimed = audit_step("instance.claimed", "instance", client_id, act, after=owner.user_name)
        row = (client_id, owner.id, owner.user_name, generation)
        return bool(await self._executor.write(claimed, Step(texts.CLAIM_INSTANCE, row)))

    async def close_answer(self, client_id: ClientId) -> None:
        await self._executor.write(Step(texts.CLOSE_ANSWER, (client_id,)))


def _facts_of(row: Row) -> RegistrationFacts:
    """The row of LOAD_FOR_REGISTRATION; raises StorageUnavailable for a document that cannot be read."""
    plain_live, plain_new, plain_oldest, live, new, oldest = (number or 0 for number in row[_COUNTS])
    try:
        return RegistrationFacts(
            loaded=rows.loaded_of(row[_LOADED]),
            issued=None if row[_ISSUED.start] is None else _issued_of(row[_ISSUED]),
            template=None if row[_TEMPLATE.start] is None else _template_of(row[_TEMPLATE]),
            taken=bool(row[_TAKEN]),
            plain=OwnerCounts(plain_live, plain_new, plain_oldest),
            templated=OwnerCounts(live, new, oldest),
        )
    except msgspec.MsgspecError as error:
        raise StorageUnavailable(f"a stored document cannot be read: {error}") from error


def _template_of(row: Row) -> Template:
    key, status, generation, version, attributes, settings = row
    return Template(ClientId(key), status, generation, version, metadata_of(attributes), settings_of(settings))


def _issued_of(row: Row, user_name: str = "") -> IssuedInitialToken:
    key, status, uses_left, uses, account_id, template_id, attributes, issued_by, created, expires = row
    limits = _limits.decode(attributes)
    return IssuedInitialToken(
        id=key,
        status=status,
        uses_left=uses_left,
        uses=uses,
        account_id=AccountId(account_id) if account_id else None,
        template=ClientId(template_id) if template_id else None,
        issued_by=issued_by,
        created=created,
        expires=expires,
        limits=TokenLimits(limits.redirect_uris, limits.policies),
        note=limits.note,
        user_name=user_name,
    )


def _listed_of(row: Row) -> IssuedInitialToken:
    *stored, user_name = row
    return _issued_of(tuple(stored), user_name)
