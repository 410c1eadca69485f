"""A search looks at a window of rows, and goes on from its end when asked to."""

import asyncio
from dataclasses import replace
from pathlib import Path

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.instance_search import InstancePage, InstanceQuery
from keyfob_server.storage.instance_search import SqlInstanceSearch
from keyfob_server.storage.sqlite import SqliteExecutor
from keyfob_server.storage.store import SqlStore
from support_stored_records import an_account, an_instance


def searched(path: Path, window: int, query: InstanceQuery, *, before: str = "") -> InstancePage:
    """Ten instances of Anna's, `i0` to `i9`; only the oldest is called `old`."""

    async def play() -> InstancePage:
        executor = SqliteExecutor(path, None)
        store = SqlStore(executor)
        try:
            await store.add_account(an_account(), password_hash="hash")
            for number in range(10):
                instance = an_instance(f"i{number}")
                metadata = replace(instance.metadata, instance_name="new" if number else "old")
                await store.add_instance(replace(instance, client_id=ClientId(f"i{number}"), metadata=metadata))
            return await SqlInstanceSearch(executor, window).search(query, before=before, limit=2)
        finally:
            await store.close()

    return asyncio.run(play())


def test_m4_a_search_that_finds_nothing_looks_at_no_more_than_its_window_and_says_so(path: Path) -> None:
    for query in (
        InstanceQuery("name", "old"),
        InstanceQuery("user", "anna", "revoked"),
        InstanceQuery("client_id", "i", "revoked"),
    ):
        page = searched(path, 4, query)
        assert (page.instances, page.before, page.looked_through) == ((), "i6", 4)


def test_it_goes_on_from_the_end_of_the_window(path: Path) -> None:
    page = searched(path, 4, InstanceQuery("name", "old"), before="i2")
    assert ([one.client_id for one in page.instances], page.before, page.looked_through) == (["i0"], "", 0)


def test_a_full_page_says_nothing_of_windows(path: Path) -> None:
    page = searched(path, 4, InstanceQuery("name", "new"))
    assert ([one.client_id for one in page.instances], page.before, page.looked_through) == (["i9", "i8"], "i8", 0)
