"""Row M8: whatever people do again and again, the tables come back to what is alive."""

from dataclasses import replace
from pathlib import Path

from keyfob_server.demo.data import demo_policy
from support_app import BASE, Instance, Keyfob, Pkce, running_keyfob
from support_clock import Clock
from support_sql import value

DAY = 86400
TABLES = ("dynamically_registered_clients", "delegations", "sessions", "initial_tokens", "revoked_tokens")


def sizes(keyfob: Keyfob) -> dict[str, object]:
    return {name: value(keyfob.database, f"select count(*) from {name}") for name in TABLES}  # noqa: S608 - names of ours


def a_day(keyfob: Keyfob, clock: Clock) -> None:
    """Two people's phones come, are used and given back; then the day's sweeping."""
    for _ in range(2):
        browser = keyfob.browser()
        instance = keyfob.new_instance(browser)
        tokens = keyfob.tokens(instance, browser)
        assert keyfob.refresh(instance, tokens.refresh_token).status_code == 200
    clock.forward(DAY)
    sweep(keyfob)


def sweep(keyfob: Keyfob) -> None:
    async def work() -> None:
        for job in keyfob.installation.jobs:
            if job.name == "sweep":
                await job.work()

    keyfob.run(work())


def signed_in_days(keyfob: Keyfob, clock: Clock, instance: Instance, days: int) -> int:
    """Three sign-ins a day by one person at one app; how many grants there are then."""
    for _ in range(days):
        browser = keyfob.browser()
        for _ in range(3):
            keyfob.tokens(instance, browser)
        clock.forward(DAY)
        sweep(keyfob)
    return int(str(value(keyfob.database, "select count(*) from delegations where scope <> 'dcr'")))


def test_m8_tables_are_as_large_after_many_rounds_as_after_few(tmp_path: Path) -> None:
    clock = Clock()
    with running_keyfob(tmp_path, clock=clock) as keyfob:
        seen = []
        for _ in range(4):
            for _ in range(2):
                a_day(keyfob, clock)
            clock.forward(2 * 365 * DAY)
            a_day(keyfob, clock)
            seen.append(sizes(keyfob))
        assert seen[1] == seen[2] == seen[3]


def test_m8_sign_ins_at_an_app_without_refresh_tokens_leave_nothing_behind(tmp_path: Path) -> None:
    clock = Clock()
    with running_keyfob(tmp_path, policy=replace(demo_policy(BASE), refresh_tokens=False), clock=clock) as keyfob:
        instance = keyfob.new_instance()
        few = signed_in_days(keyfob, clock, instance, 3)
        assert signed_in_days(keyfob, clock, instance, 5) == few
        # the app was in use all the time
        assert keyfob.code_for(instance, keyfob.browser(), Pkce())


def test_m8_an_initial_token_outlives_the_sweeping_where_other_grants_end_sooner(tmp_path: Path) -> None:
    clock = Clock()
    policy = replace(demo_policy(BASE), refresh_absolute_s=60, refresh_idle_s=60, initial_token_lifetime_s=7 * DAY)
    with running_keyfob(tmp_path, policy=policy, clock=clock) as keyfob:
        token = keyfob.initial_token()
        clock.forward(6 * DAY)
        sweep(keyfob)
        assert keyfob.register(token).status_code == 201
