"""Every job of a server."""

from typing import Final

from keyfob_server.endpoints.audit import Sealer, seal_pending
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.sweeping import Position, sweep
from keyfob_server.endpoints.watching import watch
from keyfob_server.jobs.schedule import Job
from keyfob_server.ports.audit import AuditStore
from keyfob_server.ports.sweeping import SweepStore
from keyfob_server.ports.watching import SpaceGauge

SEAL_EVERY_S: Final = 5
SWEEP_EVERY_S: Final = 600
WATCH_EVERY_S: Final = 60


def jobs_of(services: Services, audit: AuditStore, sweeping: SweepStore, gauge: SpaceGauge) -> tuple[Job, ...]:
    sealer = Sealer()

    async def seal() -> None:
        await seal_pending(audit, services.hasher, sealer=sealer, events=services.events)

    position = Position()

    async def tidy() -> None:
        now = (await services.store.load()).now
        swept = await sweep(sweeping, services.store, services.policy, now=now, position=position)
        if swept.total:
            services.events.emit(
                "swept",
                never_used=swept.never_used,
                idle=swept.idle,
                dead_consents=swept.dead_consents,
                **swept.removed,
            )

    async def look() -> None:
        now = (await services.store.load()).now
        await watch(services.watching, gauge, services.policy.watch, services.events, now=now)

    return (
        Job("seal the audit", SEAL_EVERY_S, seal),
        Job("sweep", SWEEP_EVERY_S, tidy),
        Job("watch the ceilings", WATCH_EVERY_S, look),
    )
