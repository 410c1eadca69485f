"""What a job notes and counts: the same on every engine."""

import hashlib
from dataclasses import replace

from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.instance_count import CountedPage
from keyfob_server.storage.databases import database_of
from support_engines import Database
from support_stored_records import an_instance

ACT = Act("ben")


def test_a_note_that_somebody_changed_meanwhile_stands_and_leaves_no_row_in_the_audit(database: Database) -> None:
    async def scenario(store: Store) -> tuple[list[str], int]:
        watching = store.watching
        found = [await watching.get_note("watch.alarms")]
        assert await watching.put_note("watch.alarms", "one", seen="")
        assert not await watching.put_note("watch.alarms", "two", seen="")
        found.append(await watching.get_note("watch.alarms"))
        assert await watching.put_note("watch.alarms", "two", seen="one")
        found.append(await watching.get_note("watch.alarms"))
        assert await watching.get_note("watch.instances") == ""
        return found, len(await store.audit.list_audit_of("setting", "watch.alarms"))

    assert database.run(scenario) == (["", "one", "two"], 0)


async def _instances(store: Store) -> None:
    for number in range(9):
        template = ClientId("shop") if number % 3 == 0 else None
        await store.add_instance(replace(an_instance(f"i{number}"), template=template))
    for number, status in enumerate(("revoked", "inactive", "deleted", "expired")):
        await store.set_instance_status(ClientId(f"i{number}"), status, act=ACT)


def test_living_instances_are_counted_by_template_page_by_page(database: Database) -> None:
    async def scenario(store: Store) -> list[CountedPage]:
        await _instances(store)
        pages: list[CountedPage] = []
        after = ""
        while not pages or after:
            pages.append(await store.watching.count_page(after=after, limit=4))
            after = pages[-1].last
        return pages

    # suspended ones can come back, and count
    assert database.run(scenario) == [
        CountedPage({"shop": 0, "": 1}, "i3"),
        CountedPage({"": 3, "shop": 1}, "i7"),
        CountedPage({"": 1}, ""),
    ]


def test_no_instances_are_an_empty_page(database: Database) -> None:
    async def scenario(store: Store) -> CountedPage:
        return await store.watching.count_page(after="", limit=4)

    assert database.run(scenario) == CountedPage({}, "")


def test_the_size_of_a_database_grows_with_what_is_put_in(database: Database) -> None:
    async def scenario(store: Store) -> tuple[int, int]:
        gauge = database_of(database.url)
        before = await gauge.used_bytes()
        await store.stored_settings.put("large", _random_text(300_000), seen="", act=ACT)
        return before, await gauge.used_bytes()

    before, after = database.run(scenario)
    assert before > 50_000
    assert after >= before + 100_000


def _random_text(length: int) -> str:
    """Of hashes, so that no engine makes it small."""
    return "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(length // 64))


def test_free_space_is_known_where_the_disk_is_this_machines(database: Database) -> None:
    async def scenario(_: Store) -> int | None:
        return await database_of(database.url).free_bytes()

    free = database.run(scenario)
    assert free is None if database.engine.name == "postgresql" else free is not None and free > 0
