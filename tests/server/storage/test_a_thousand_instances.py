"""One template, a thousand instances: a change writes the template, its version and an audit row, and no more."""

import asyncio
from dataclasses import replace
from pathlib import Path

from keyfob_protocol.identifiers import ClientId
from keyfob_server.storage.sqlite import open_sqlite
from support_sql import Row, rows
from support_stored_records import an_account
from support_templates import ACT, APP, SHARED, TEMPLATE, an_instance_of, applied, template

MANY = 1000
TABLES = ("dynamically_registered_clients", "client_templates", "client_template_versions", "audit", "delegations")


def tables(path: Path) -> dict[str, set[Row]]:
    return {name: set(rows(path, f"select * from {name}")) for name in TABLES}  # noqa: S608 - names of ours


def test_a_change_of_a_template_is_one_update_for_all_of_its_instances(path: Path) -> None:
    ids = [ClientId(f"instance-{number:04}") for number in range(MANY)]

    async def play() -> None:
        store = await open_sqlite(path)
        try:
            await store.add_account(an_account(), password_hash="hash")
            await applied(store)
            assert all(await asyncio.gather(*(store.add_instance(an_instance_of(TEMPLATE, one)) for one in ids)))
            before = tables(path)
            await applied(store, template(scope=("openid",), names={"client_name": "New Name"}))
            after = tables(path)
            assert {name: len(after[name] - before[name]) for name in TABLES} == {
                "dynamically_registered_clients": 0,
                "client_templates": 1,
                "client_template_versions": 1,
                "audit": 1,
                "delegations": 0,
            }
            assert {name: len(before[name] - after[name]) for name in TABLES} == dict.fromkeys(TABLES, 0) | {
                "client_templates": 1
            }
            expected = replace(SHARED, scope=("openid",), names={"client_name": "New Name"})
            for one in ids:
                client = (await store.load(client_id=one)).client
                assert client is not None
                assert (client.metadata, client.template and client.template.generation) == (expected, 2)
            assert await store.templates.set_template_status(APP, "inactive", act=ACT)
            for one in ids:
                client = (await store.load(client_id=one)).client
                assert client is not None
                assert client.template is not None
                assert client.template.status == "inactive"
            assert after["dynamically_registered_clients"] == tables(path)["dynamically_registered_clients"]
        finally:
            await store.close()

    asyncio.run(play())
