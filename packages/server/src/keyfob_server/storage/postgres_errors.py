"""What an error of PostgreSQL means for the one who asked, and for the connection."""

import asyncio
from enum import Enum, auto
from typing import Final

import asyncpg

from keyfob_server.ports.storage import StorageUnavailable


class Meaning(Enum):
    AGAIN = auto()
    """Nothing was done, the connection is sound: the same may succeed at once."""

    STALE = auto()
    """Nothing was done; the connection remembers a schema of before a migration."""

    LOST = auto()
    """The connection is gone or belongs to a server that no longer leads; whether a write was done, nobody knows."""

    READ_ONLY = auto()
    """As LOST, and a write was not done."""

    REFUSED = auto()
    """The server said no, for want of room, memory or time; nothing was done."""

    WRONG = auto()
    """Our own mistake, or a rule of the schema."""


class Refused(StorageUnavailable):
    """What Meaning.REFUSED makes of a request: it may be for the sake of what this one asks."""


_MEANINGS: Final = {
    "40001": Meaning.AGAIN,  # serialization_failure
    "40P01": Meaning.AGAIN,  # deadlock_detected
    "25006": Meaning.READ_ONLY,  # read_only_sql_transaction
    "0A000": Meaning.STALE,  # feature_not_supported: a cached plan must not change its result type
    "57014": Meaning.REFUSED,  # query_canceled
    "55P03": Meaning.REFUSED,  # lock_not_available
    "25P03": Meaning.LOST,  # idle_in_transaction_session_timeout
}
# connection exceptions, insufficient resources, operator intervention, system errors
_CLASSES: Final = {"08": Meaning.LOST, "53": Meaning.REFUSED, "57": Meaning.LOST, "58": Meaning.REFUSED}


CONNECTING_FAILED: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What `asyncpg.connect` raises when no host can be used; InternalClientError: all of them only read."""


def meaning_of(error: BaseException) -> Meaning:
    match error:
        case asyncpg.InvalidCachedStatementError() | asyncpg.OutdatedSchemaCacheError():
            return Meaning.STALE
        case asyncpg.PostgresError():
            state = error.sqlstate or ""
            return _MEANINGS.get(state) or _CLASSES.get(state[:2]) or Meaning.WRONG
        case asyncpg.InterfaceError() | asyncpg.InternalClientError() | OSError() | asyncio.IncompleteReadError():
            return Meaning.LOST
        case _:
            return Meaning.WRONG


def text_of(error: BaseException) -> str:
    """One line for the log, without the values that the server may repeat in its details."""
    if isinstance(error, asyncpg.PostgresError):
        return f"SQLSTATE {error.sqlstate}: {type(error).__name__}"
    return type(error).__name__
