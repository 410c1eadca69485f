"""Acts leave rows in the audit with the act's own commit, and the rows are sealed one after the other."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.audit import Seal
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act, AuditRecord
from support_engines import Database
from support_stored_records import METADATA, a_grant, a_session, a_static_client, an_account, an_instance

ID = ClientId("instance-1")
BEN = Act("ben", "lost on a train", "192.0.2.7")


def told(record: AuditRecord) -> tuple[str, ...]:
    return (
        record.event,
        f"{record.subject_kind} {record.subject_id}",
        record.by,
        record.reason,
        record.origin,
        record.before,
        record.after,
    )


@pytest.mark.parametrize(
    ("status", "event"),
    [
        ("inactive", "instance.suspended"),
        ("revoked", "instance.revoked"),
        ("deleted", "instance.deleted"),
        ("expired", "instance.expired"),
        ("active", "instance.reactivated"),
    ],
)
def test_a_change_of_an_instances_status_leaves_its_row(database: Database, status: str, event: str) -> None:
    async def scenario(store: Store) -> list[AuditRecord]:
        await store.add_instance(an_instance())
        assert await store.set_instance_status(ID, status, act=BEN)
        return await store.audit.list_audit()

    (record,) = database.run(scenario, lambda: 4711)
    assert told(record) == (event, "instance instance-1", "ben", "lost on a train", "192.0.2.7", "active", status)
    assert record.created == 4711


def test_what_changes_nothing_leaves_no_row(database: Database) -> None:
    async def scenario(store: Store) -> int:
        await store.add_account(an_account("anna"), password_hash="h")
        await store.add_instance(an_instance())
        await store.set_instance_status(ID, "revoked", act=BEN)
        await store.put_static_client(a_static_client(), now=1)
        before = len(await store.audit.list_audit())
        assert await store.set_instance_status(ID, "active", act=BEN) is None
        assert await store.set_instance_status(ClientId("unknown"), "revoked", act=BEN) is None
        assert not await store.set_account_status("nobody", "disabled", act=BEN)
        assert not await store.set_password("nobody", password_hash="x", act=BEN)
        assert not await store.add_account(an_account("anna", account_id="other"), password_hash="h", act=BEN)
        assert not await store.revoke_grant(a_grant().key, reason="x", act=BEN)
        assert not await store.put_static_client(a_static_client(), now=2, act=BEN)
        return len(await store.audit.list_audit()) - before

    assert database.run(scenario) == 0


def test_accounts_grants_and_static_clients_leave_rows_too(database: Database) -> None:
    async def scenario(store: Store) -> list[AuditRecord]:
        await store.add_account(an_account("anna"), password_hash="h", act=BEN)
        await store.set_password("anna", password_hash="n", act=BEN)
        await store.set_account_status("anna", "disabled", act=BEN)
        named = replace(a_static_client().settings, named_by_settings=True)
        await store.put_static_client(replace(a_static_client(), settings=named), now=1, act=BEN)
        await store.add_grant(a_grant())
        await store.revoke_grant(a_grant().key, reason="reuse", act=BEN)
        await store.retire_registration_clients(but=None)
        return await store.audit.list_audit()

    rows = [told(record) for record in database.run(scenario)]
    assert [(row[0], row[1], row[5], row[6]) for row in rows] == [
        ("account.added", "account anna", "", "support operator"),
        ("account.password_changed", "account anna", "active", ""),
        ("account.status_changed", "account anna", "active", "disabled"),
        ("client.changed", "client registration-client", "", "active"),
        ("grant.revoked", "grant instance-1 grant-1", "active", "revoked"),
        ("client.retired", "client registration-client", "active", "retired"),
    ]


def test_an_apps_own_sign_out_leaves_no_row(database: Database) -> None:
    async def scenario(store: Store) -> list[AuditRecord]:
        await store.add_grant(a_grant())
        assert await store.revoke_grant(a_grant().key, reason="revoked by its client")
        return await store.audit.list_audit()

    assert database.run(scenario) == []


def test_a_kill_counts_the_grants_that_died_and_ends_the_sign_ins_when_asked(database: Database) -> None:
    async def scenario(store: Store) -> tuple[int, list[str]]:
        await store.add_account(an_account("anna"), password_hash="h")
        await store.add_instance(an_instance())
        await store.add_session(a_session("session-1"))
        await store.add_session(a_session("session-2"))
        await store.add_grant(a_grant("g1", session_id="session-1"))
        await store.add_grant(a_grant("g2"))
        await store.add_grant(a_grant("g3", scope=("dcr",)))
        await store.add_grant(a_grant("g4"))
        await store.revoke_grant(a_grant("g4").key, reason="x")
        change = await store.set_instance_status(ID, "revoked", act=BEN, end_sessions=True)
        assert change is not None
        sessions = [(await store.load(session_id=a_session(f"session-{n}").id)).session for n in (1, 2)]
        return change.grants, [session.status for session in sessions if session]

    assert database.run(scenario, lambda: 2000) == (2, ["ended", "active"])


def test_what_was_dead_already_is_not_counted_among_what_a_change_ended(database: Database) -> None:
    async def scenario(store: Store) -> list[int]:
        await store.add_account(an_account("anna"), password_hash="h")
        await store.add_instance(an_instance())
        await store.add_grant(a_grant())
        changes = [await store.set_instance_status(ID, status, act=BEN) for status in ("inactive", "active", "revoked")]
        return [change.grants for change in changes if change]

    assert database.run(scenario, lambda: 2000) == [1, 0, 0]


def test_a_tombstone_replaces_the_metadata_and_without_one_it_stays(database: Database) -> None:
    kept = replace(METADATA, instance_name="")

    async def scenario(store: Store) -> list[str]:
        names = []
        for number, tombstone in enumerate((None, kept)):
            client_id = ClientId(f"i-{number}")
            await store.add_instance(an_instance(client_id))
            await store.set_instance_status(client_id, "deleted", act=BEN, tombstone=tombstone)
            client = (await store.load(client_id=client_id)).client
            names.append(client.metadata.instance_name if client else "gone")
        return names

    assert database.run(scenario) == ["Anna's phone", ""]


def test_rows_are_listed_in_the_order_of_the_acts_by_pages_and_of_one_thing(database: Database) -> None:
    async def scenario(store: Store) -> tuple[list[str], list[str], list[str]]:
        for number in range(5):
            await store.add_account(an_account(f"user-{number}"), password_hash="h", act=BEN)
        audit = store.audit
        first = await audit.list_audit(limit=2)
        rest = await audit.list_audit(after=first[-1].id)
        newest = await audit.list_audit_backwards(limit=2)
        older = await audit.list_audit_backwards(before=newest[-1].id)
        of_one = await audit.list_audit_of("account", "user-3")
        return (
            [one.subject_id for one in (*first, *rest)],
            [one.subject_id for one in (*newest, *older)],
            [one.subject_id for one in of_one],
        )

    forward, backward, of_one = database.run(scenario)
    assert forward == [f"user-{number}" for number in range(5)]
    assert backward == forward[::-1]
    assert of_one == ["user-3"]


def test_a_row_and_a_number_are_sealed_once(database: Database) -> None:
    async def scenario(store: Store) -> tuple[list[bool], int, list[tuple[int, str]]]:
        for name in ("anna", "ben"):
            await store.add_account(an_account(name), password_hash="h")
        one, two = await store.audit.list_unsealed(limit=10)
        done = [
            await store.audit.seal((Seal(one.id, 1, "s1"),)),
            await store.audit.seal((Seal(one.id, 2, "again"),)),
            await store.audit.seal((Seal(two.id, 1, "the same number"),)),
            await store.audit.seal((Seal(two.id, 2, "s2"), Seal("unknown", 3, "s3"))),
        ]
        last = await store.audit.last_seal()
        assert last == Seal("", 1, "s1")
        sealed = await store.audit.list_sealed(after=0, limit=10)
        return done, await store.audit.count_unsealed(), [(each.seal.number, each.seal.text) for each in sealed]

    assert database.run(scenario) == ([True, False, False, False], 1, [(1, "s1")])
