import asyncio

import pytest

from keyfob_server.jobs.schedule import Job, running
from keyfob_server.ports.storage import StorageUnavailable


def test_a_job_runs_again_after_it_failed(caplog: pytest.LogCaptureFixture) -> None:
    failures: list[Exception] = [RuntimeError("broken"), StorageUnavailable("away")]
    done = asyncio.Event()

    async def work() -> None:
        if failures:
            raise failures.pop()
        done.set()

    async def scenario() -> None:
        async with running((Job("tidy", 0, work),)):
            await asyncio.wait_for(done.wait(), 10)

    asyncio.run(scenario())
    assert [record.getMessage() for record in caplog.records] == [
        "job tidy: away; it tries again",
        "job tidy failed",
    ]


def test_at_the_end_a_run_that_is_under_way_is_cut_off() -> None:
    begun, ended = asyncio.Event(), []

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cut off")

    async def scenario() -> None:
        async with running((Job("long", 0, work),)):
            await asyncio.wait_for(begun.wait(), 10)

    asyncio.run(scenario())
    assert ended == ["cut off"]
