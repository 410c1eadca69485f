"""The jobs of a server do their work on a real one."""

from pathlib import Path

from keyfob_server.endpoints.audit import Intact, verify
from support_app import running_keyfob
from support_clock import Clock
from support_sql import set_status, value

DAY = 86400


def test_acts_are_sealed_and_a_forgotten_instance_expires(tmp_path: Path) -> None:
    clock = Clock()
    with running_keyfob(tmp_path, clock=clock) as keyfob:
        used, unused, suspended = (keyfob.new_instance() for _ in range(3))
        keyfob.tokens(used)
        set_status(keyfob.database, suspended.client_id, "inactive")
        clock.forward(2 * DAY)
        jobs = {job.name: job for job in keyfob.installation.jobs}

        async def work() -> Intact | object:
            await jobs["sweep"].work()
            await jobs["seal the audit"].work()
            return await verify(keyfob.installation.store.audit, keyfob.installation.services.hasher)

        seen = keyfob.run(work())
        status = "select status from dynamically_registered_clients where client_id = ?"
        found = [value(keyfob.database, status, one.client_id) for one in (used, unused, suspended)]
        assert found == ["active", "expired", "inactive"]
        assert isinstance(seen, Intact)
        assert seen.unsealed == 0
        assert value(keyfob.database, "select reason from audit where event = 'instance.expired'") == "never used"


def test_an_expired_instance_is_told_so(tmp_path: Path) -> None:
    clock = Clock()
    with running_keyfob(tmp_path, clock=clock) as keyfob:
        instance = keyfob.new_instance()
        tokens = keyfob.tokens(instance)
        clock.forward(181 * DAY)
        job = next(job for job in keyfob.installation.jobs if job.name == "sweep")

        async def work() -> None:
            await job.work()

        keyfob.run(work())
        answer = keyfob.refresh(instance, tokens.refresh_token)
        assert (answer.status_code, answer.json()["error"], answer.json()["client_status"]) == (
            400,
            "invalid_grant",
            "expired",
        )
