"""A database full of instances, whose secrets and tokens follow from a seed: any of them can speak."""

import base64
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import asyncpg

from keyfob_protocol.identifiers import AccountId, ClientId, GrantId
from keyfob_server.crypto.live_keys import RootKeys
from keyfob_server.endpoints.issue import CLIENT_SECRET
from keyfob_server.rules.records import Generations, GrantKey
from keyfob_server.rules.sealed_claims import AccessClaims

INSTANCES_OF_ACCOUNT: Final = 4
_AT_ONCE: Final = 20_000
_LIFE_S: Final = 300
TABLES: Final = ("accounts", "dynamically_registered_clients", "delegations")
_ACCOUNT: Final = "select * from accounts where id = $1"
_INSTANCE: Final = "select * from dynamically_registered_clients where client_id = $1"
_GRANT: Final = "select * from delegations where client_id = $1 order by created desc, id desc limit 1"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What the server itself wrote for one real install with a signed-in person: each loaded row is one of these."""

    account: Row
    instance: Row
    grant: Row


@dataclass(frozen=True, slots=True)
class Population:
    """Instances by number. Four of them belong to one account."""

    pattern: Pattern = field(repr=False)
    root: RootKeys = field(repr=False)
    seed: bytes = field(repr=False)
    began_ms: int
    """When the first was made, in epoch milliseconds; each later one a millisecond later."""

    def client_id(self, number: int) -> str:
        return self._id(number, b"client")

    def grant_id(self, number: int) -> str:
        return self._id(number, b"grant")

    def secret(self, number: int) -> str:
        return base64.urlsafe_b64encode(self._derived(number, b"secret")).rstrip(b"=").decode()

    def salt(self, number: int) -> bytes:
        return self._derived(number, b"salt")[: len(self.pattern.grant["salt"])]

    def account_id(self, number: int) -> str:
        return self._id(number // INSTANCES_OF_ACCOUNT, b"account")

    def user_name(self, number: int) -> str:
        return f"person-{number // INSTANCES_OF_ACCOUNT:09d}"

    def refresh_token(self, number: int, rotated: int) -> str:
        """The one that is valid after so many rotations."""
        counter = self.pattern.grant["refresh_counter"] + rotated
        return self.root.refresh_tokens.mint(self._key(number), counter=counter, salt=self.salt(number))

    def access_token(self, number: int) -> str:
        """As a token response of this moment would bring it."""
        grant, now = self.pattern.grant, int(time.time())
        claims = AccessClaims(
            client_id=ClientId(self.client_id(number)),
            grant_key=self._key(number),
            account_id=AccountId(self.account_id(number)),
            scope=tuple(grant["scope"].split()),
            generations=Generations(
                grant["client_generation"], grant["account_generation"], grant["template_generation"]
            ),
            grant_generation=grant["generation"],
            access_generation=grant["access_generation"],
            expires_at=now + _LIFE_S,
        )
        return self.root.sealer.seal(AccessClaims.PURPOSE, claims.encode(), now=now)

    def account_row(self, number: int) -> Row:
        return {**self.pattern.account, "id": self.account_id(number), "user_name": self.user_name(number)}

    def instance_row(self, number: int, client_id: str, account_id: str) -> Row:
        """The ids are those of `client_id` and `account_id`: to make them is half of the work of a row."""
        return {
            **self.pattern.instance,
            "client_id": client_id,
            "client_secret": self.root.hasher.hash(CLIENT_SECRET, self.secret(number)),
            "account_id": account_id,
            "authenticated_user": self.user_name(number),
        }

    def grant_row(self, number: int, client_id: str, account_id: str) -> Row:
        """As `instance_row`."""
        return {
            **self.pattern.grant,
            "client_id": client_id,
            "id": self.grant_id(number),
            "account_id": account_id,
            "salt": self.salt(number),
            "session_id": None,
        }

    def _key(self, number: int) -> GrantKey:
        return GrantKey(ClientId(self.client_id(number)), GrantId(self.grant_id(number)))

    def _id(self, number: int, kind: bytes) -> str:
        """A UUID of version 7 (RFC 9562), so that they lie in the indexes as those of a server do."""
        at, noise = f"{self.began_ms + number:012x}", self._derived(number, kind).hex()
        return f"{at[:8]}-{at[8:]}-7{noise[:3]}-8{noise[3:6]}-{noise[6:18]}"

    def _derived(self, number: int, kind: bytes) -> bytes:
        return sha256(self.seed + kind + number.to_bytes(8)).digest()


async def read_pattern(connection: asyncpg.Connection, client_id: str) -> Pattern:
    """Of an instance that exists, has an owner, and has signed in."""
    instance = await connection.fetchrow(_INSTANCE, client_id)
    grant = await connection.fetchrow(_GRANT, client_id)
    account = await connection.fetchrow(_ACCOUNT, grant["account_id"])
    return Pattern(dict(account), dict(instance), dict(grant))


async def fill(connection: asyncpg.Connection, population: Population, count: int, told: Callable[[int], None]) -> None:
    """Bring them into the database in pieces, and tell how many are there; the planner's statistics too.

    Keys grow with the numbers, so that each index is written at its end, and stays as the server's own rows leave it.
    """
    pattern = population.pattern
    for start in range(0, count, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, count))
        named = [(one, population.client_id(one), population.account_id(one)) for one in numbers]
        # made while they are sent: the database takes one row while the next is made
        accounts = (population.account_row(one) for one in numbers[::INSTANCES_OF_ACCOUNT])
        await _copy(connection, "accounts", pattern.account, accounts)
        instances = (population.instance_row(*one) for one in named)
        await _copy(connection, "dynamically_registered_clients", pattern.instance, instances)
        grants = (population.grant_row(*one) for one in named)
        await _copy(connection, "delegations", pattern.grant, grants)
        told(numbers.stop)
    for table in TABLES:
        await connection.execute(f"vacuum (analyze) {table}")
    await connection.execute("checkpoint")


async def _copy(connection: asyncpg.Connection, table: str, pattern: Row, rows: Iterable[Row]) -> None:
    records = (tuple(row.values()) for row in rows)
    await connection.copy_records_to_table(table, columns=list(pattern), records=records)
