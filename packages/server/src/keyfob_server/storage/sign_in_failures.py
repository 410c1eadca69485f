"""The verbs of counted sign-ins over an executor."""

from keyfob_server.rules.limits import SignInDelays
from keyfob_server.storage import limit_statements
from keyfob_server.storage.executor import Executor, Step


class SqlSignInFailures:
    """ports.limits.SignInFailureStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def count_sign_in(self, name_hash: str, source_hash: str, delays: SignInDelays) -> int | None:
        counted = (name_hash, source_hash, delays.free, delays.first_s, delays.longest_s, delays.forget_s)
        found = await self._executor.write(Step(limit_statements.COUNT_SIGN_IN, counted))
        return int(found[0][0]) if found else None

    async def uncount_sign_in(self, name_hash: str, source_hash: str, *, failures: int) -> None:
        await self._executor.write(Step(limit_statements.UNCOUNT_SIGN_IN, (name_hash, source_hash, failures)))

    async def clear_sign_ins(self, name_hash: str, source_hash: str) -> None:
        await self._executor.write(Step(limit_statements.CLEAR_SIGN_INS, (name_hash, source_hash)))
