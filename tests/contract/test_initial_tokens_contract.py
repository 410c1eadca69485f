"""The verbs over initial tokens and what is registered with them."""

import asyncio
from dataclasses import replace

from keyfob_protocol.identifiers import AccountId, ClientId, GrantId
from keyfob_server.ports.initial_tokens import InitialTokenStore
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.initial_token_records import IssuedInitialToken, OwnerCounts, RegistrationFacts
from keyfob_server.rules.records import GrantKey
from keyfob_server.rules.token_limits import TokenLimits
from support_engines import Database
from support_stored_records import METADATA, a_grant, a_static_client, an_account, an_instance

ACT = Act(by="root", reason="a test", origin="192.0.2.1")
NOW = 1000
TOKEN = IssuedInitialToken(
    "token-1",
    "active",
    2,
    0,
    AccountId("account-of-anna"),
    ClientId("t"),
    "root",
    NOW,
    NOW + 600,
    TokenLimits(("a.b:/c",), ("consent",)),
    "note",
)
OWNERLESS = replace(an_instance("i-1"), owner=None, owner_name="")


async def _facts(store: InitialTokenStore, **changes: object) -> RegistrationFacts:
    asked: dict[str, object] = {
        "client_id": None,
        "account_id": None,
        "grant": None,
        "token_id": "token-1",
        "template_id": None,
        "reserved": None,
    }
    return await store.load_for_registration(**(asked | changes))  # type: ignore[arg-type] # by their names


def test_a_token_is_found_as_it_was_issued_and_an_id_is_taken_once(database: Database) -> None:
    async def scenario(store: Store) -> tuple[object, ...]:
        tokens = store.initial_tokens
        await store.add_account(an_account("anna"), password_hash="h")
        added = [await tokens.add_initial_token(TOKEN, act=ACT) for _ in range(2)]
        missing = await tokens.find_initial_token("other")
        return added, await tokens.find_initial_token("token-1"), missing, (await _facts(tokens)).issued

    added, found, missing, loaded = database.run(scenario)
    assert added == [True, False]
    assert found == replace(TOKEN, user_name="anna")
    assert missing is None
    assert loaded == TOKEN


def test_each_use_is_counted_with_its_instance_or_neither_happens(database: Database) -> None:
    async def scenario(store: Store) -> list[object]:
        tokens = store.initial_tokens
        await tokens.add_initial_token(TOKEN, act=ACT)
        used: list[object] = [
            await tokens.add_counted_instance("token-1", an_instance(client_id))
            for client_id in ("i-1", "i-1", "i-2", "i-3")
        ]
        found = await tokens.find_initial_token("token-1")
        used += [found.uses if found else None, found.uses_left if found else None]
        used.append((await store.load(client_id=ClientId("i-3"))).client)
        return used

    assert database.run(scenario, lambda: NOW) == [True, False, True, False, 2, 0, None]


def test_all_who_register_at_once_with_one_token_succeed_as_long_as_it_has_uses(database: Database) -> None:
    async def scenario(store: Store) -> tuple[list[bool], object]:
        tokens = store.initial_tokens
        await tokens.add_initial_token(replace(TOKEN, uses_left=150), act=ACT)

        async def register(number: int) -> list[bool]:
            return [
                await tokens.add_counted_instance("token-1", replace(OWNERLESS, client_id=ClientId(f"{number}-{one}")))
                for one in range(10)
            ]

        added = await asyncio.gather(*(register(number) for number in range(16)))
        return [one for some in added for one in some], await tokens.find_initial_token("token-1")

    added, found = database.run(scenario, lambda: NOW)
    assert sorted(added) == [False] * 10 + [True] * 150
    assert isinstance(found, IssuedInitialToken)
    assert (found.uses, found.uses_left) == (150, 0)


def test_a_token_that_is_over_or_revoked_or_unknown_registers_nothing(database: Database) -> None:
    async def scenario(store: Store) -> list[bool]:
        tokens = store.initial_tokens
        for name in ("token-1", "token-2"):
            await tokens.add_initial_token(replace(TOKEN, id=name, uses_left=None), act=ACT)
        assert await tokens.revoke_initial_token("token-2", act=ACT)
        assert not await tokens.revoke_initial_token("token-2", act=ACT)
        return [await tokens.add_counted_instance(name, an_instance("i")) for name in ("token-1", "token-2", "token-3")]

    assert database.run(scenario, lambda: NOW + 600) == [False, False, False]


def test_tokens_are_listed_by_id_page_after_page(database: Database) -> None:
    async def scenario(store: Store) -> list[list[str]]:
        tokens = store.initial_tokens
        for number in range(4):
            await tokens.add_initial_token(replace(TOKEN, id=f"t{number}"), act=ACT)
        pages = [
            await tokens.list_initial_tokens(),
            await tokens.list_initial_tokens(after="t1", limit=1),
            await tokens.list_initial_tokens(limit=-1),
        ]
        return [[found.id for found in page] for page in pages]

    assert database.run(scenario) == [["t0", "t1", "t2", "t3"], ["t2"], []]


def test_a_registration_reads_client_owner_grant_and_whether_the_id_is_taken(database: Database) -> None:
    async def scenario(store: Store) -> RegistrationFacts:
        await store.add_account(an_account("anna"), password_hash="h")
        await store.put_static_client(a_static_client(), now=NOW)
        await store.add_grant(a_grant("code", client_id="reserved", scope=("dcr",)))
        await store.add_instance(an_instance("reserved"))
        return await _facts(
            store.initial_tokens,
            client_id=ClientId("registration-client"),
            account_id=AccountId("account-of-anna"),
            grant=GrantKey(ClientId("reserved"), GrantId("code")),
            reserved=ClientId("reserved"),
        )

    facts = database.run(scenario, lambda: NOW)
    assert facts.loaded.now == NOW
    assert facts.loaded.client == a_static_client()
    assert facts.loaded.account == an_account("anna")
    assert facts.loaded.grant == a_grant("code", client_id="reserved", scope=("dcr",))
    assert (facts.taken, facts.issued, facts.template, facts.loaded.token_revoked) == (True, None, None, False)


def test_what_is_not_there_is_none_and_counts_nothing(database: Database) -> None:
    async def scenario(store: Store) -> RegistrationFacts:
        return await _facts(store.initial_tokens, account_id=AccountId("x"), template_id=ClientId("y"))

    facts = database.run(scenario, lambda: NOW)
    assert (facts.loaded.client, facts.loaded.account, facts.issued, facts.template) == (None, None, None, None)
    assert (facts.taken, facts.plain, facts.templated) == (False, OwnerCounts(), OwnerCounts())


def test_an_owner_s_instances_are_counted_by_template_live_and_of_the_last_day(database: Database) -> None:
    day, template = 86400, ClientId("t")

    async def scenario(store: Store) -> RegistrationFacts:
        assert await store.templates.put_template(
            template, METADATA, ClientSettings(), seen=0, ends_grants=False, act=ACT
        )
        made = [("p1", 0, None), ("p2", 1, None), ("p3", 50, None), ("t1", 60, template), ("t2", 70, template)]
        for name, created, of in made:
            await store.add_instance(replace(an_instance(name, created=created), template=of))
        await store.add_instance(an_instance("ben-s", owner="ben", created=60))
        for name, status in (("p3", "revoked"), ("t2", "inactive")):
            await store.set_instance_status(ClientId(name), status, act=ACT)
        return await _facts(
            store.initial_tokens, account_id=AccountId("account-of-anna"), template_id=template, reserved=ClientId("q")
        )

    facts = database.run(scenario, lambda: day + 1)
    assert facts.plain == OwnerCounts(live=2, new=1, oldest_new=50)
    assert facts.templated == OwnerCounts(live=2, new=2, oldest_new=60)
    assert facts.template is not None
    assert (facts.template.id, facts.template.version, facts.taken) == (template, 1, False)


def test_a_client_s_token_is_revoked_once_and_for_that_client_alone(database: Database) -> None:
    async def scenario(store: Store) -> list[bool]:
        tokens, one, other = store.initial_tokens, ClientId("one"), ClientId("other")
        told = [await tokens.revoke_client_token(one, "token-1", expires=5, act=ACT) for _ in range(2)]
        told += [(await _facts(tokens, client_id=who)).loaded.token_revoked for who in (one, other)]
        return told

    assert database.run(scenario) == [True, False, True, False]


def test_an_instance_is_claimed_once_while_it_is_active_and_as_it_was_seen(database: Database) -> None:
    anna, ben = an_account("anna"), an_account("ben")

    async def scenario(store: Store) -> list[object]:
        tokens, key = store.initial_tokens, ClientId("i-1")
        await store.add_instance(OWNERLESS)
        claimed: list[object] = [await tokens.claim_instance(key, anna, generation=2)]
        await store.set_instance_status(key, "inactive", act=ACT)
        claimed.append(await tokens.claim_instance(key, anna, generation=2))
        await store.set_instance_status(key, "active", act=ACT)
        claimed += [await tokens.claim_instance(key, person, generation=3) for person in (ben, anna, ben)]
        client, summary = (await store.load(client_id=key)).client, await store.find_instance(key)
        return [*claimed, client.owner if client else None, summary.user_name if summary else None]

    assert database.run(scenario) == [False, False, True, False, False, ben.id, "ben"]


def test_an_answer_that_was_closed_stays_closed(database: Database) -> None:
    async def scenario(store: Store) -> list[int]:
        key, seen = ClientId("i-1"), []
        await store.add_instance(replace(an_instance("i-1"), idempotency_hash="h", idempotency_until=NOW + 600))
        for _ in range(3):
            client = (await store.load(client_id=key)).client
            assert client is not None
            seen.append(client.answer_repeatable_until)
            await store.initial_tokens.close_answer(key)
        return seen

    assert database.run(scenario) == [NOW + 600, 0, 0]
