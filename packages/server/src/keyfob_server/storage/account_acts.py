from keyfob_server.rules.acts import Act
from keyfob_server.rules.instance_search import last_of_prefix
from keyfob_server.rules.records import Account
from keyfob_server.storage import account_acts_statements, rows, statements
from keyfob_server.storage.audit_steps import account_step
from keyfob_server.storage.executor import Executor, Step

_LARGEST_PAGE = 100


class SqlAccountActs:
    """ports.account_acts.AccountActs."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def search(self, prefix: str, *, after: str = "", limit: int = 50) -> list[Account]:
        begins = prefix.lower()
        asked = (begins, last_of_prefix(begins), after, max(1, min(limit, _LARGEST_PAGE)))
        return [
            rows.account_of(row) for row in await self._executor.read(account_acts_statements.SEARCH_ACCOUNTS, asked)
        ]

    async def sign_out_everywhere(self, user_name: str, *, act: Act) -> bool:
        done = await self._executor.write(
            account_step("signed_out_everywhere", user_name, act),
            Step(statements.RAISE_ACCOUNT_GENERATION, (user_name,)),
        )
        return bool(done)
