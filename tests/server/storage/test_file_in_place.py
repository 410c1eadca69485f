"""A database file that was moved away or removed under a running server: nothing is acknowledged that would be lost."""

import asyncio
from pathlib import Path

import pytest

from keyfob_server.ports.storage import StorageUnavailable, Store
from keyfob_server.storage.sqlite import SOUND_S, open_sqlite
from support_engines import Sqlite
from support_stored_records import a_grant

WORDS = "the database file was removed or replaced; put it back, or start the server again"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(Sqlite().create(tmp_path).removeprefix("sqlite:///"))


def move(path: Path, to: Path) -> None:
    path.rename(to)


async def refuses(store: Store, number: int) -> None:
    with pytest.raises(StorageUnavailable, match=WORDS):
        await store.add_grant(a_grant(f"g{number}"))
    await asyncio.sleep(2 * SOUND_S)
    with pytest.raises(StorageUnavailable, match=WORDS):
        await store.load()


def test_a_file_that_is_gone_refuses_reads_and_writes_until_it_is_back(path: Path) -> None:
    async def scenario() -> None:
        store = await open_sqlite(path)
        assert await store.add_grant(a_grant("g0"))
        aside = path.with_name("aside.db")
        move(path, aside)
        await refuses(store, 1)
        move(aside, path)
        assert await store.add_grant(a_grant("g2"))
        keys = [(await store.load(grant=a_grant(f"g{number}").key)).grant for number in range(3)]
        assert [key is not None for key in keys] == [True, False, True]
        await store.close()

    asyncio.run(scenario())


def test_another_file_in_its_place_is_not_taken_for_it(path: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Path(Sqlite().create(tmp_path / "other").removeprefix("sqlite:///"))

    async def scenario() -> None:
        store = await open_sqlite(path)
        move(path, path.with_name("aside.db"))
        move(other, path)
        await refuses(store, 1)
        await store.close()

    asyncio.run(scenario())


def test_a_file_that_goes_while_a_commit_is_under_way_gives_no_acknowledgement(path: Path) -> None:
    async def scenario() -> None:
        store = await open_sqlite(path)
        looks = []

        def gone_at_the_second_look() -> str:
            looks.append(1)
            return WORDS if len(looks) == 2 else ""

        store._executor._writer._fault = gone_at_the_second_look  # type: ignore[attr-defined]
        with pytest.raises(StorageUnavailable, match=WORDS):
            await store.add_grant(a_grant("g1"))
        await store.close()

    asyncio.run(scenario())
