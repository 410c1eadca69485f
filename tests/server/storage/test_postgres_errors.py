"""storage.postgres_errors: what an error means."""

import asyncpg
import pytest

from keyfob_server.storage.postgres_errors import Meaning, meaning_of, text_of


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (asyncpg.SerializationError("x"), Meaning.AGAIN),
        (asyncpg.DeadlockDetectedError("x"), Meaning.AGAIN),
        (asyncpg.InvalidCachedStatementError("x"), Meaning.STALE),
        (asyncpg.ReadOnlySQLTransactionError("x"), Meaning.READ_ONLY),
        (asyncpg.AdminShutdownError("x"), Meaning.LOST),
        (asyncpg.CannotConnectNowError("x"), Meaning.LOST),
        (asyncpg.ConnectionDoesNotExistError("x"), Meaning.LOST),
        (asyncpg.InterfaceError("x"), Meaning.LOST),
        (ConnectionResetError(), Meaning.LOST),
        (asyncpg.DiskFullError("x"), Meaning.REFUSED),
        (asyncpg.TooManyConnectionsError("x"), Meaning.REFUSED),
        (asyncpg.LockNotAvailableError("x"), Meaning.REFUSED),
        (asyncpg.QueryCanceledError("x"), Meaning.REFUSED),
        (asyncpg.UniqueViolationError("x"), Meaning.WRONG),
        (asyncpg.UndefinedTableError("x"), Meaning.WRONG),
        (ValueError("x"), Meaning.WRONG),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.name,
)
def test_each_error_has_one_meaning(error: Exception, meaning: Meaning) -> None:
    assert meaning_of(error) is meaning


def test_the_log_is_told_the_state_and_no_values() -> None:
    error = asyncpg.UniqueViolationError("Key (user_name)=(anna) already exists")
    assert text_of(error) == "SQLSTATE 23505: UniqueViolationError"
