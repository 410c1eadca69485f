"""What no server of ours can do without, alone in a process: `python -m keyfob_bench.primitives FOLDER SECONDS [URL]`.

A line of JSON for each: what it is, how often a second, microseconds of this process's processor for each.
"""

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import asyncpg
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_p256
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.hashes import SHA256

from keyfob_server.crypto.argon2 import ArgonSettings

GROUP: Final = 16
_TEXT: Final = b"x" * 400
"""As long as what is signed of an ID token, and as a grant's row."""
_TABLE: Final = "create table rows (client_id text, id text, body text, counter bigint, primary key (client_id, id))"
_INSERT: Final = "insert into rows (client_id, id, body, counter) values ($1, $2, $3, 0)"
_INSERT_MANY: Final = """
    insert into rows (client_id, id, body, counter)
    select c, i, b, 0 from unnest(cast($1 as text[]), cast($2 as text[]), cast($3 as text[])) as one (c, i, b)
"""


class Primitive(StrEnum):
    ES256 = "signature, ES256"
    RS256 = "signature, RS256"
    ARGON2 = "Argon2id hash"
    SQLITE_SINGLE = "row in SQLite, a commit for each"
    SQLITE_GROUPED = f"row in SQLite, a commit for {GROUP}"
    POSTGRES_SINGLE = "row in PostgreSQL, a commit for each"
    POSTGRES_AT_ONCE = f"row in PostgreSQL, a commit for each on {GROUP} connections"
    POSTGRES_GROUPED = f"row in PostgreSQL, a statement for {GROUP}"


@dataclass(frozen=True, slots=True)
class Floor:
    primitive: str
    rate: float
    """A second."""
    cpu_us: float
    """Microseconds of the one process that does it; what PostgreSQL's own processes use is not in it."""


class _Rows:
    """Rows whose keys grow with time."""

    def __init__(self) -> None:
        self._number = 0
        self._body = _TEXT.decode()

    def next(self) -> tuple[str, str, str]:
        self._number += 1
        return f"client-{self._number:020d}", f"grant-{self._number:020d}", self._body


def _repeated(primitive: Primitive, seconds: float, work: Callable[[], object], *, each: int = 1) -> Floor:
    work()
    done, began, cpu = 0, time.perf_counter(), time.process_time()
    while (took := time.perf_counter() - began) < seconds:
        work()
        done += each
    return Floor(primitive, done / took, (time.process_time() - cpu) / done * 1e6)


def _signatures(seconds: float) -> Iterator[Floor]:
    p256, rsa = generate_p256(SECP256R1()), generate_rsa(65537, 2048)
    yield _repeated(Primitive.ES256, seconds, lambda: p256.sign(_TEXT, ECDSA(SHA256())))
    yield _repeated(Primitive.RS256, seconds, lambda: rsa.sign(_TEXT, PKCS1v15(), SHA256()))
    cost = ArgonSettings()
    hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
    yield _repeated(Primitive.ARGON2, seconds, lambda: hasher.hash("a password"))


def _sqlite(folder: Path, seconds: float) -> Iterator[Floor]:
    file = folder / "floor.db"
    file.unlink(missing_ok=True)
    connection = sqlite3.connect(file, isolation_level=None)
    rows = _Rows()

    def commit(count: int) -> None:
        connection.execute("begin immediate")
        for _ in range(count):
            connection.execute(_INSERT, dict(zip("123", rows.next(), strict=True)))
        connection.execute("commit")

    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute(_TABLE)
        yield _repeated(Primitive.SQLITE_SINGLE, seconds, lambda: commit(1))
        yield _repeated(Primitive.SQLITE_GROUPED, seconds, lambda: commit(GROUP), each=GROUP)
    finally:
        connection.close()


async def _postgres(url: str, seconds: float) -> list[Floor]:
    connections = [await asyncpg.connect(url) for _ in range(GROUP)]
    first, rows = connections[0], _Rows()
    try:
        await first.execute(f"drop table if exists rows; {_TABLE}")
        inserts = [await one.prepare(_INSERT) for one in connections]
        many = await first.prepare(_INSERT_MANY)

        async def speak(number: int, until: float) -> int:
            done = 0
            while time.perf_counter() < until:
                await inserts[number].fetch(*rows.next())
                done += 1
            return done

        async def group(until: float) -> int:
            done = 0
            while time.perf_counter() < until:
                await many.fetch(*map(list, zip(*(rows.next() for _ in range(GROUP)), strict=True)))
                done += GROUP
            return done

        return [
            await _awaited(Primitive.POSTGRES_SINGLE, seconds, lambda until: [speak(0, until)]),
            await _awaited(
                Primitive.POSTGRES_AT_ONCE, seconds, lambda until: [speak(one, until) for one in range(GROUP)]
            ),
            await _awaited(Primitive.POSTGRES_GROUPED, seconds, lambda until: [group(until)]),
        ]
    finally:
        for one in connections:
            one.terminate()


async def _awaited(primitive: Primitive, seconds: float, speakers: Callable[[float], list[Awaitable[int]]]) -> Floor:
    began, cpu = time.perf_counter(), time.process_time()
    done = sum(await asyncio.gather(*speakers(began + seconds)))
    return Floor(primitive, done / (time.perf_counter() - began), (time.process_time() - cpu) / done * 1e6)


def main(folder: Path, seconds: float, url: str | None) -> None:
    found = [*_signatures(seconds), *_sqlite(folder, seconds)]
    if url is not None:
        found += asyncio.run(_postgres(url, seconds))
    for one in found:
        sys.stdout.write(json.dumps(asdict(one)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)  # noqa: PLR2004
