"""A person's limits of instances hold however many registrations come at once."""

import asyncio
from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.initial_token_records import IssuedInitialToken
from keyfob_server.rules.records import NewInstance
from support_engines import Database
from support_stored_records import an_instance

NOW, DAY = 10**6, 86400
ANNA = AccountId("account-of-anna")
TEMPLATE = ClientId("t")
ACT = Act(by="root", reason="a test")
TOKEN = IssuedInitialToken("token-1", "active", 100, 0, ANNA, None, "root", NOW, NOW + 600)


def one(name: str, *, template: ClientId | None = None, created: int = NOW, owner: str = "anna") -> NewInstance:
    return replace(an_instance(name, owner=owner, created=created), template=template)


async def at_once(store: Store, *, max_live: int, max_new: int, count: int = 24, counted_by: str = "") -> list[bool]:
    """Of a third of those who come there is a rival of the same id."""
    return await asyncio.gather(
        *(
            store.initial_tokens.add_owned_instance(
                one(f"i-{number % (count * 2 // 3)}"), ANNA, max_live=max_live, max_new=max_new, counted_by=counted_by
            )
            for number in range(count)
        )
    )


@pytest.mark.parametrize(("max_live", "max_new"), [(3, 0), (0, 3), (3, 9), (9, 3)])
def test_f21_of_many_registrations_at_once_one_takes_the_last_place(
    database: Database, max_live: int, max_new: int
) -> None:
    async def scenario(store: Store) -> tuple[list[bool], int]:
        for name in ("first", "second"):
            assert await store.initial_tokens.add_owned_instance(one(name), ANNA, max_live=max_live, max_new=max_new)
        added = await at_once(store, max_live=max_live, max_new=max_new)
        return added, (await store.registration_room.count_instances(ANNA, limit=1))[None].live

    added, live = database.run(scenario, lambda: NOW)
    assert (sum(added), live) == (1, 3)


def test_f21_of_many_uses_of_one_token_at_once_as_many_are_counted_as_found_a_place(database: Database) -> None:
    async def scenario(store: Store) -> tuple[list[bool], IssuedInitialToken | None]:
        await store.initial_tokens.add_initial_token(TOKEN, act=ACT)
        added = await at_once(store, max_live=5, max_new=0, counted_by=TOKEN.id)
        return added, await store.initial_tokens.find_initial_token(TOKEN.id)

    added, token = database.run(scenario, lambda: NOW)
    assert token is not None
    assert (sum(added), token.uses, token.uses_left) == (5, 5, 95)


def test_a_token_without_a_use_left_takes_no_place(database: Database) -> None:
    async def scenario(store: Store) -> tuple[bool, object]:
        await store.initial_tokens.add_initial_token(replace(TOKEN, uses_left=0), act=ACT)
        added = await store.initial_tokens.add_owned_instance(
            one("i"), ANNA, max_live=1, max_new=1, counted_by=TOKEN.id
        )
        return added, await store.registration_room.count_instances(ANNA, limit=1)

    assert database.run(scenario, lambda: NOW) == (False, {})


def test_f21_only_what_the_limit_is_about_takes_a_place(database: Database) -> None:
    """Others' instances, those of another template, for one limit the dead, for the other those of another day."""

    async def scenario(store: Store) -> list[bool]:
        tokens = store.initial_tokens
        for other in (one("ben-s", owner="ben"), one("t-1", template=TEMPLATE), one("old", created=NOW - DAY)):
            assert await store.add_instance(other)
        told = [await tokens.add_owned_instance(one("p-1"), ANNA, max_live=2, max_new=1)]
        told.append(await tokens.add_owned_instance(one("p-2"), ANNA, max_live=0, max_new=1))
        told.append(await tokens.add_owned_instance(one("p-2"), ANNA, max_live=2, max_new=0))
        await store.set_instance_status(ClientId("p-1"), "revoked", act=ACT)
        told.append(await tokens.add_owned_instance(one("p-2"), ANNA, max_live=2, max_new=1))
        told.append(await tokens.add_owned_instance(one("p-2"), ANNA, max_live=2, max_new=2))
        told.append(await tokens.add_owned_instance(one("t-2", template=TEMPLATE), ANNA, max_live=1, max_new=0))
        told.append(await tokens.add_owned_instance(one("t-2", template=TEMPLATE), ANNA, max_live=2, max_new=2))
        return told

    assert database.run(scenario, lambda: NOW) == [True, False, False, False, True, False, True]
