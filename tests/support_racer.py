"""A process that tries the same single-use writes as its rivals: `support_racer.py URL WHAT COUNT`.

Tries AT_ONCE numbers for each line that it reads, and answers with a line: the numbers that it won, as JSON. The
first line is answered before anything is tried.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from keyfob_protocol.identifiers import AccountId, ClientId, GrantId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.records import GrantKey
from support_engines import open_store
from support_stored_records import a_grant, an_account, an_instance

AT_ONCE = 8


def _key(number: int) -> GrantKey:
    return GrantKey(ClientId("instance-1"), GrantId(f"g{number}"))


async def _add_grant(store: Store, number: int) -> bool:
    return await store.add_grant(a_grant(f"g{number}"))


async def _add_instance(store: Store, number: int) -> bool:
    return await store.add_instance(an_instance(f"i{number}"))


async def _rotate(store: Store, number: int) -> bool:
    return await store.rotate_grant(_key(number), presented=0, generation=1, now=2000)


async def _revoke(store: Store, number: int) -> bool:
    return await store.revoke_grant(_key(number), reason="raced")


async def _add_account(store: Store, number: int) -> bool:
    own = AccountId(f"{number}-{id(store)}")
    return await store.add_account(replace(an_account(f"user{number}"), id=own), password_hash="hash")


WHAT: Mapping[str, Callable[[Store, int], Awaitable[bool]]] = {
    "add_grant": _add_grant,
    "add_instance": _add_instance,
    "rotate_grant": _rotate,
    "revoke_grant": _revoke,
    "add_account": _add_account,
}


async def race(url: str, what: str, count: int) -> None:
    store = await open_store(url)
    try:
        _answer([])
        for start in range(0, count, AT_ONCE):
            sys.stdin.readline()
            numbers = range(start, min(start + AT_ONCE, count))
            outcomes = await asyncio.gather(*(WHAT[what](store, number) for number in numbers))
            _answer([number for number, outcome in zip(numbers, outcomes, strict=True) if outcome])
    finally:
        await store.close()


def _answer(won: list[int]) -> None:
    sys.stdout.write(json.dumps(won) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _, database_url, verb, how_many = sys.argv
    asyncio.run(race(database_url, verb, int(how_many)))
