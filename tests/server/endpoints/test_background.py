"""Work in the background: one piece for each thing, bounded, and finished before the end."""

import asyncio
import logging
from collections.abc import Callable, Coroutine

import pytest

from keyfob_server.endpoints.background import MOST, Background
from keyfob_server.ports.storage import StorageUnavailable

Work = Callable[[], Coroutine[None, None, None]]


def test_a_piece_runs_after_its_start_and_is_over_at_the_finish() -> None:
    async def scenario() -> list[str]:
        told: list[str] = []
        background = Background()

        async def work() -> None:
            await asyncio.sleep(0)
            told.append("done")

        assert background.start("a", work)
        assert told == []
        await background.finish()
        assert background.start("a", work)
        await background.finish()
        return told

    assert asyncio.run(scenario()) == ["done", "done"]


def test_of_one_thing_one_piece_is_under_way_and_of_all_no_more_than_so_many() -> None:
    async def scenario() -> list[bool]:
        background, gate = Background(), asyncio.Event()

        async def wait() -> None:
            await gate.wait()

        started = [background.start(number % MOST, wait) for number in range(2 * MOST)]
        started.append(background.start("one more", wait))
        gate.set()
        await background.finish()
        started.append(background.start("one more", wait))
        await background.finish()
        return started

    assert asyncio.run(scenario()) == [True] * MOST + [False] * (MOST + 1) + [True]


@pytest.mark.parametrize(
    ("error", "level"), [(StorageUnavailable("busy"), logging.WARNING), (RuntimeError("a fault"), logging.ERROR)]
)
def test_what_goes_wrong_is_in_the_log_and_the_next_piece_runs(
    caplog: pytest.LogCaptureFixture, error: Exception, level: int
) -> None:
    async def scenario() -> bool:
        background = Background()

        async def fail() -> None:
            raise error

        background.start("a", fail)
        await background.finish()
        return background.start("a", fail)

    async def play() -> bool:
        again = await scenario()
        await asyncio.sleep(0)
        return again

    assert asyncio.run(play())
    assert level in {record.levelno for record in caplog.records}
