from keyfob_protocol.identifiers import SessionId
from keyfob_server.rules.acts import Act
from keyfob_server.rules.instance_search import last_of_prefix
from keyfob_server.rules.records import Account, Session
from keyfob_server.storage import account_acts_statements, rows, statements
from keyfob_server.storage.audit_steps import account_step, audit_step
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

    async def set_status(self, user_name: str, status: str, *, by: Account, act: Act) -> bool:
        done = await self._executor.write(
            _stands(by),
            account_step("status_changed", user_name, act, after=status),
            Step(statements.SET_ACCOUNT_STATUS, (user_name, status)),
        )
        return bool(done)

    async def sign_out_everywhere(self, user_name: str, *, by: Account, act: Act) -> bool:
        done = await self._executor.write(
            _stands(by),
            account_step("signed_out_everywhere", user_name, act),
            Step(statements.RAISE_ACCOUNT_GENERATION, (user_name,)),
        )
        return bool(done)

    async def add_administrator_session(
        self, session: Session, *, user_name: str, role: str, replaces: SessionId | None, act: Act
    ) -> None:
        done = await self._executor.write(
            Step(statements.ADD_SESSION, rows.of_session(session)),
            Step(statements.END_SESSION, (replaces,), required=False),
            audit_step("admin.signed_in", "account", user_name, act, after=role),
        )
        if not done:
            raise ValueError("a session of this id exists")

    async def end_administrator_session(self, session_id: SessionId, *, user_name: str, act: Act) -> bool:
        done = await self._executor.write(
            Step(statements.END_SESSION, (session_id,)), audit_step("admin.signed_out", "account", user_name, act)
        )
        return bool(done)


def _stands(by: Account) -> Step:
    """Brings no row when the account is not as it was judged any more; then nothing of the operation is done."""
    return Step(account_acts_statements.STANDS, (by.id, by.generation, " ".join(by.roles)))
