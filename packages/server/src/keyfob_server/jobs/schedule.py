"""Jobs of a running server: each again and again, one run at a time, and none of them may stop the server."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from keyfob_server.ports.storage import StorageUnavailable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    every_s: float
    """From the end of a run to the beginning of the next."""
    work: Callable[[], Awaitable[object]]


@asynccontextmanager
async def running(jobs: tuple[Job, ...]) -> AsyncIterator[None]:
    """Run them until the end of the block; a run that is under way is cut off, which every job must bear."""
    tasks = [asyncio.create_task(_repeat(job), name=job.name) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(job: Job) -> None:
    while True:
        try:
            await job.work()
        except StorageUnavailable as error:
            _log.warning("job %s: %s; it tries again", job.name, error.reason)
        except Exception:  # noqa: BLE001 - a job that fails has its next turn
            _log.exception("job %s failed", job.name)
        await asyncio.sleep(job.every_s)
