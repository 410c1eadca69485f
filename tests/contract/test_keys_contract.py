"""The verbs over keys, and those of a declared restore."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.key_storage import BoundToKey, Rewrapping
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.records import Grant, SigningKeyRecord
from support_engines import Database
from support_stored_records import a_grant, a_session, a_signing_key, a_static_client, an_account, an_instance

ACT = Act("somebody", "a reason")
KEY, OTHER = a_signing_key("a", created=1), a_signing_key("b", created=2)


def under_another_key(record: SigningKeyRecord) -> Rewrapping:
    return Rewrapping(record, replace(record, wrapped_private=record.kid.encode()))


def test_a_published_key_comes_back_whole_and_is_never_replaced(database: Database) -> None:
    async def scenario(store: Store) -> list[SigningKeyRecord]:
        await store.key_acts.publish_signing_key(KEY, act=ACT)
        with pytest.raises(ValueError, match="exists"):
            await store.key_acts.publish_signing_key(replace(KEY, wrapped_private=b"other"), act=ACT)
        return await store.list_signing_keys()

    assert database.run(scenario) == [KEY]


def test_a_key_is_withdrawn_once_and_at_the_databases_time(database: Database) -> None:
    async def scenario(store: Store) -> list[SigningKeyRecord]:
        for record in (KEY, OTHER):
            await store.key_acts.publish_signing_key(record, act=ACT)
        done = [await store.key_acts.withdraw_signing_key(kid, act=ACT) for kid in ("a", "a", "unknown")]
        assert done == [True, False, False]
        return await store.list_signing_keys()

    assert database.run(scenario, clock=lambda: 5000) == [replace(KEY, retired_at=5000), OTHER]


def test_signing_keys_are_rewrapped_all_or_none(database: Database) -> None:
    async def scenario(store: Store) -> list[SigningKeyRecord]:
        for record in (KEY, OTHER):
            await store.key_acts.publish_signing_key(record, act=ACT)
        stale = under_another_key(replace(OTHER, wrapped_private=b"stale"))
        assert not await store.key_acts.rewrap_signing_keys([under_another_key(KEY), stale])
        assert await store.list_signing_keys() == [KEY, OTHER]
        assert await store.key_acts.rewrap_signing_keys([])
        assert await store.key_acts.rewrap_signing_keys([under_another_key(KEY), under_another_key(OTHER)])
        return await store.list_signing_keys()

    assert database.run(scenario) == [under_another_key(KEY).after, under_another_key(OTHER).after]


def test_settings_are_replaced_whether_they_had_a_value_or_not(database: Database) -> None:
    async def scenario(store: Store) -> list[str | None]:
        await store.add_setting("incarnation", "one")
        await store.key_acts.replace_settings({"incarnation": "two", "restored_at": "7"}, act=ACT)
        await store.key_acts.replace_settings({"restored_at": "8"}, act=ACT)
        return [await store.get_setting(name) for name in ("incarnation", "restored_at")]

    assert database.run(scenario) == ["two", "8"]


def test_sessions_end_in_batches_until_none_is_left(database: Database) -> None:
    async def scenario(store: Store) -> list[int]:
        for number in range(5):
            await store.add_session(a_session(f"session-{number}"))
        assert await store.end_session(a_session("session-3").id)
        ended = [await store.key_acts.end_some_sessions(limit=3) for _ in range(3)]
        for number in range(5):
            session = (await store.load(session_id=a_session(f"session-{number}").id)).session
            assert session is not None
            assert session.status == "ended"
        return ended

    assert database.run(scenario) == [3, 1, 0]


def test_what_names_a_verification_key_is_counted(database: Database) -> None:
    async def scenario(store: Store) -> list[BoundToKey]:
        for number, (secret, token) in enumerate([("aa11$x", "aa11$y"), ("bb22$x", "aa11$y"), ("aa11$x", "aa11$y")]):
            named = replace(an_instance(f"i{number}"), secret_hash=secret, registration_token_hash=token)
            assert await store.add_instance(named)
        assert await store.set_instance_status(ClientId("i2"), "revoked", act=ACT)
        await store.put_static_client(replace(a_static_client(), secret_hash="aa11$x"), now=1)
        assert await store.add_account(an_account("anna"), password_hash="aa11:$argon2id$x")
        assert await store.add_account(an_account("bob"), password_hash="$argon2id$aa11:x")
        return [await store.key_acts.count_bound_to(key_id) for key_id in ("aa11", "bb22", "a")]

    found = database.run(scenario)
    assert found == [BoundToKey(1, 2, 1, 1), BoundToKey(1, 0, 0, 0), BoundToKey(0, 0, 0, 0)]
    assert [one.total for one in found] == [5, 1, 0]


def test_the_newest_fact_is_the_youngest_of_registrations_grants_accounts_and_sign_ins(database: Database) -> None:
    async def scenario(store: Store) -> list[int]:
        seen = [await store.key_acts.newest_fact()]
        assert await store.add_account(an_account(), password_hash="x")
        seen.append(await store.key_acts.newest_fact())
        assert await store.add_instance(an_instance(created=2000))
        seen.append(await store.key_acts.newest_fact())
        assert await store.add_grant(a_grant(created=3000))
        seen.append(await store.key_acts.newest_fact())
        await store.add_session(replace(a_session(), created=4000))
        seen.append(await store.key_acts.newest_fact())
        await store.rotate_grant(a_grant().key, presented=0, generation=1, now=5000)
        return [*seen, await store.key_acts.newest_fact()]

    assert database.run(scenario) == [0, 1000, 2000, 3000, 4000, 5000]


def test_a_counter_is_taken_forward_from_the_state_that_was_judged_and_from_no_other(database: Database) -> None:
    key = a_grant().key

    async def scenario(store: Store) -> Grant | None:
        await store.add_grant(a_grant())
        assert not await store.rotate_grant(key, presented=1, generation=1, now=1234, successor=9)
        assert await store.rotate_grant(key, presented=0, generation=1, now=1234, successor=9)
        assert not await store.rotate_grant(key, presented=0, generation=1, now=1235, successor=7)
        return (await store.load(grant=key)).grant

    assert database.run(scenario) == replace(a_grant(), refresh_counter=9, rotated_at=1234)


def test_every_act_upon_keys_and_settings_leaves_an_audit_row(database: Database) -> None:
    async def scenario(store: Store) -> list[tuple[str, str, str, str, str]]:
        await store.key_acts.publish_signing_key(KEY, act=ACT)
        await store.key_acts.withdraw_signing_key("a", act=ACT)
        await store.key_acts.withdraw_signing_key("a", act=ACT)
        await store.key_acts.replace_settings({"incarnation": "not to be told"}, act=ACT)
        await store.key_acts.note_key_act("sealing_key.added", "aa11", act=ACT)
        rows = await store.audit.list_audit()
        return [(row.event, row.subject_kind, row.subject_id, row.by, row.after) for row in rows]

    assert sorted(database.run(scenario)) == [
        ("key.published", "key", "a", "somebody", "RS256"),
        ("key.withdrawn", "key", "a", "somebody", ""),
        ("sealing_key.added", "key", "aa11", "somebody", ""),
        ("setting.replaced", "setting", "incarnation", "somebody", ""),
    ]
