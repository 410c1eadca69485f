"""Row F22: who registers by the thousand is noticed, by the log and on the admin pages, and what nobody uses goes."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from keyfob_server.demo.data import demo_policy
from keyfob_server.endpoints.watching import MOST_PAGES, PAGE
from keyfob_server.limiting.memory import MemoryRateLimiter
from keyfob_server.rules.alarms import RATE_QUIET_S, WatchPolicy
from keyfob_server.rules.limits import SECOND
from keyfob_server.rules.new_initial_token import NewInitialToken
from support_admin import an_administrator
from support_alarms import alarms_told, look, one_look
from support_app import BASE, Keyfob, running_keyfob
from support_initial_tokens import issued, post, put_template, registered
from support_sql import change, value
from support_twins import twin

PER_SECOND = 2
AFTER_S = 5
CEILING = 5
TEMPLATE = "shop"
DOCUMENT: dict[str, object] = {"software_id": TEMPLATE}


@pytest.fixture
def keyfob(tmp_path: Path) -> Iterator[Keyfob]:
    """Its seconds pass when the test says so."""
    policy = demo_policy(BASE)
    policy = replace(
        policy,
        registration=replace(policy.registration, max_per_second=PER_SECOND),
        watch=WatchPolicy(instances_ceiling=CEILING, rate_alarm_after_s=AFTER_S),
    )
    with running_keyfob(tmp_path, policy=policy) as running:
        limiter = MemoryRateLimiter(lambda: running.clock.now * SECOND, max_keys=100)
        put_template(running, TEMPLATE)
        yield twin(running, replace(running.installation.services, limiter=limiter))


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "keyfob.events")
    return caplog


def told(log: pytest.LogCaptureFixture) -> list[tuple[str, object, object, object]]:
    return [(name, facts["template"], facts["reached_percent"], facts["amount"]) for name, facts in alarms_told(log)]


def flood(keyfob: Keyfob, token: str, seconds: Sequence[int], *, each: int) -> list[int]:
    statuses = []
    for _ in seconds:
        statuses += [post(keyfob, token, DOCUMENT).status_code for _ in range(each)]
        keyfob.clock.forward(1)
    return statuses


def shown(keyfob: Keyfob, path: str) -> str:
    answer = an_administrator(keyfob).get(path)
    assert answer.status_code == 200
    return answer.text


def test_f22_a_rate_that_is_exceeded_for_long_is_one_alarm_with_its_number_and_not_one_for_each_refusal(
    keyfob: Keyfob, log: pytest.LogCaptureFixture
) -> None:
    token = issued(keyfob, NewInitialToken(uses=None)).token
    flood(keyfob, token, range(AFTER_S), each=10)
    assert told(log) == []
    assert flood(keyfob, token, range(30), each=10).count(429) == 30 * (10 - PER_SECOND)
    ((event, facts),) = alarms_told(log)
    assert event == "alarm.raised"
    assert facts["reason"] == "registration_rate"
    assert (facts["template"], facts["amount"], facts["ceiling"]) == (TEMPLATE, AFTER_S * (10 - PER_SECOND) + 1, 2)


def test_f22_a_rush_is_on_the_admin_pages_until_it_is_over(keyfob: Keyfob, log: pytest.LogCaptureFixture) -> None:
    token = issued(keyfob, NewInitialToken(uses=None)).token
    flood(keyfob, token, range(AFTER_S + 1), each=PER_SECOND + 1)
    said = "Registrations with the template shop have been more than 2 a second since"
    for path in ("/admin/registration", "/admin/template?id=shop"):
        assert said in shown(keyfob, path)
    look(keyfob)
    assert said in shown(keyfob, "/admin/registration")
    keyfob.clock.forward(RATE_QUIET_S)
    log.clear()
    look(keyfob)
    assert said not in shown(keyfob, "/admin/registration")
    rate = [event for event, facts in alarms_told(log) if facts["reason"] == "registration_rate"]
    assert rate == ["alarm.cleared"]


def test_f22_instances_of_a_template_are_an_alarm_at_80_and_at_100_percent_of_the_ceiling_and_refuse_nothing(
    keyfob: Keyfob, log: pytest.LogCaptureFixture
) -> None:
    token = issued(keyfob, NewInitialToken(uses=None)).token
    for number in range(1, CEILING + 2):
        registered(post(keyfob, token, DOCUMENT))
        keyfob.clock.forward(1)
        look(keyfob)
        look(keyfob)
        assert (
            told(log) == [("alarm.raised", TEMPLATE, 80, 4), ("alarm.raised", TEMPLATE, 100, 5)][: max(0, number - 3)]
        )
    said = "Instances of the template shop have reached 100 % of the ceiling: 6 are in use, of 5, since"
    for path in ("/admin/registration", "/admin/template?id=shop"):
        assert said in shown(keyfob, path)
    put_template(keyfob, "other")
    assert "ceiling" not in shown(keyfob, "/admin/template?id=other")


def test_f22_an_alarm_ends_when_the_instances_that_nobody_used_are_swept(
    keyfob: Keyfob, log: pytest.LogCaptureFixture
) -> None:
    token = issued(keyfob, NewInitialToken(uses=None, lifetime_s=10 * 86400)).token
    instances = [registered(post(keyfob, token, DOCUMENT)) for _ in range(PER_SECOND)]
    keyfob.clock.forward(1)
    instances += [registered(post(keyfob, token, DOCUMENT)) for _ in range(PER_SECOND)]
    look(keyfob)
    assert told(log) == [("alarm.raised", TEMPLATE, 80, 4)]
    keyfob.clock.forward(keyfob.installation.services.policy.instance_never_used_s + 1)

    async def sweep() -> None:
        await next(job for job in keyfob.installation.jobs if job.name == "sweep").work()

    keyfob.run(sweep())
    status = "select status from dynamically_registered_clients where client_id = ?"
    assert {value(keyfob.database, status, one.client_id) for one in instances} == {"expired"}
    look(keyfob)
    assert told(log)[1:] == [("alarm.cleared", TEMPLATE, 80, 4)]
    assert "ceiling" not in shown(keyfob, "/admin/registration")


MANY = """
    insert into dynamically_registered_clients (client_id, client_secret, created, updated, initial_client,
        authenticated_user, attributes, status, scope, redirect_uris, grant_types, account_id, generation, status_by,
        status_reason, secret_expires_at, registration_token, registration_token_expires_at, instance_of_client)
    with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ?)
    select 'm' || cast(n as text), '', 1, 1, '', '', '{}', 'active', '', '', '', '', 1, '', '', 0, '', 0, 'shop'
    from numbers
"""


def test_f22_counting_reads_a_bounded_number_of_rows_in_one_turn_and_goes_on_in_the_next(
    keyfob: Keyfob, log: pytest.LogCaptureFixture
) -> None:
    in_one_turn = PAGE * MOST_PAGES
    change(keyfob.database, MANY, in_one_turn + 10)
    look(keyfob)
    assert told(log) == []
    look(keyfob)
    assert told(log) == [("alarm.raised", TEMPLATE, 100, in_one_turn + 10)]


def test_f22_of_several_nodes_that_look_at_once_one_tells(keyfob: Keyfob, log: pytest.LogCaptureFixture) -> None:
    token = issued(keyfob, NewInitialToken(uses=None)).token
    for _ in range(CEILING):
        registered(post(keyfob, token, DOCUMENT))
        keyfob.clock.forward(1)

    async def all_at_once() -> None:
        await asyncio.gather(*(one_look(keyfob) for _ in range(8)))

    keyfob.run(all_at_once())
    assert told(log) == [("alarm.raised", TEMPLATE, 100, 5)]


@pytest.mark.parametrize("spoilt", ["nonsense", "[1]", '{"a": 1}'])
def test_notes_that_somebody_spoilt_keep_nobody_out_and_are_written_anew(keyfob: Keyfob, spoilt: str) -> None:
    look(keyfob)
    spoil = "insert into settings (name, value, created) values (?, ?, 1) on conflict (name) do update set value = ?"
    for name in ("watch.alarms", "watch.instances"):
        change(keyfob.database, spoil, name, spoilt, spoilt)
    token = issued(keyfob, NewInitialToken(uses=None)).token
    registered(post(keyfob, token, DOCUMENT))
    assert "Dynamic registration" in shown(keyfob, "/admin/registration")
    look(keyfob)
    counted = value(keyfob.database, "select value from settings where name = 'watch.instances'")
    assert counted == '{"after": "", "counted": {"shop": 1}, "so_far": {}}'
    assert value(keyfob.database, "select value from settings where name = 'watch.alarms'") == ""
