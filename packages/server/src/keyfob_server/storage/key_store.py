from collections.abc import Mapping, Sequence

from keyfob_server.ports.key_storage import BoundToKey, Rewrapping
from keyfob_server.rules.acts import Act
from keyfob_server.rules.records import SigningKeyRecord
from keyfob_server.storage import key_statements, rows, statements
from keyfob_server.storage.audit_steps import audit_step
from keyfob_server.storage.executor import Executor, Step

_LARGEST_BATCH = 500


class SqlKeyAdminStore:
    """ports.key_storage.KeyAdminStore"""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def publish_signing_key(self, record: SigningKeyRecord, *, act: Act) -> None:
        added = await self._executor.write(
            audit_step("key.published", "key", record.kid, act, after=record.alg),
            Step(statements.ADD_SIGNING_KEY, rows.of_signing_key(record)),
        )
        if not added:
            raise ValueError("a signing key of this kid exists")

    async def withdraw_signing_key(self, kid: str, *, act: Act) -> bool:
        withdrawn = await self._executor.write(
            audit_step("key.withdrawn", "key", kid, act), Step(key_statements.WITHDRAW_SIGNING_KEY, (kid,))
        )
        return bool(withdrawn)

    async def rewrap_signing_keys(self, changes: Sequence[Rewrapping]) -> bool:
        steps = [
            Step(
                key_statements.REWRAP_SIGNING_KEY,
                (one.before.kid, one.before.wrapped_private, one.after.wrapped_private),
            )
            for one in changes
        ]
        return not steps or bool(await self._executor.write(*steps))

    async def replace_settings(self, values: Mapping[str, str], *, act: Act) -> None:
        # The audit says which, never what: the incarnation is nobody's business.
        steps = [audit_step("setting.replaced", "setting", name, act) for name in values]
        await self._executor.write(
            *steps, *(Step(key_statements.REPLACE_SETTING, (name, value)) for name, value in values.items())
        )

    async def end_some_sessions(self, *, limit: int) -> int:
        ended = await self._executor.write(Step(key_statements.END_SOME_SESSIONS, (min(limit, _LARGEST_BATCH),)))
        return len(ended)

    async def count_bound_to(self, key_id: str) -> BoundToKey:
        # Key ids are hexadecimal digits: nothing in them means anything to `like`.
        ((secrets, tokens, clients, passwords),) = await self._executor.read(
            key_statements.COUNT_BOUND_TO_KEY, (f"{key_id}$%", f"{key_id}:%")
        )
        return BoundToKey(int(secrets), int(tokens), int(clients), int(passwords))

    async def newest_fact(self) -> int:
        ((at,),) = await self._executor.read(key_statements.NEWEST_FACT, ())
        return int(at)

    async def note_key_act(self, event: str, key_id: str, *, act: Act) -> None:
        await self._executor.write(audit_step(event, "key", key_id, act))
