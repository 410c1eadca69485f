from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.storage.executor import Executor, Step
from keyfob_server.storage.grant_limit_statements import REVOKE_SURPLUS_GRANTS


class SqlGrantLimitStore:
    """ports.grant_limits.GrantLimitStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def revoke_surplus_grants(self, client_id: ClientId, account_id: AccountId, *, keep: int, reason: str) -> int:
        surplus = Step(REVOKE_SURPLUS_GRANTS, (client_id, account_id, keep, reason))
        return len(await self._executor.write(surplus))
