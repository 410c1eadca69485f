"""Row F23: a storm of registrations comes upon the quota of the database, and only registrations do."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from keyfob_server.demo.data import demo_policy
from keyfob_server.endpoints.watching import watch
from keyfob_server.observability.events import LogEvents
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.alarms import WatchPolicy
from keyfob_server.rules.new_initial_token import NewInitialToken
from support_admin import an_administrator
from support_alarms import alarms_told, look
from support_app import BASE, Instance, Keyfob, Tokens, basic, running_keyfob
from support_initial_tokens import KEY, issued, post, registered
from support_sql import ON_POSTGRESQL, rows, value
from support_twins import twin

COUNT = "select count(*) from dynamically_registered_clients"
ROOMY = 2**40
INTROSPECT = "/oauth/v2/oauth-introspect"
REVOKE = "/oauth/v2/oauth-revoke"


@pytest.fixture
def keyfob(tmp_path: Path) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path) as running:
        yield running


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "keyfob.events")
    return caplog


def under(keyfob: Keyfob, **watch: int) -> Keyfob:
    """The same server, started again with these settings; its job has looked once."""
    policy = replace(demo_policy(BASE), watch=WatchPolicy(**{"least_free_bytes": 0, **watch}))
    services = replace(keyfob.installation.services, policy=policy)
    server = twin(replace_services(keyfob, services), services)
    look(server)
    return server


def replace_services(keyfob: Keyfob, services: object) -> Keyfob:
    installation = replace(keyfob.installation, services=services)  # type: ignore[arg-type] # of the same class
    return Keyfob(installation, keyfob.app, keyfob.clock, keyfob._runner)


def used(keyfob: Keyfob) -> int:
    return keyfob.run(keyfob.installation.database.used_bytes())


def told(log: pytest.LogCaptureFixture) -> list[tuple[str, object, object]]:
    return [(event, facts["reason"], facts["reached_percent"]) for event, facts in alarms_told(log)]


def page(keyfob: Keyfob) -> str:
    return an_administrator(keyfob).get("/admin/registration").text


def refused(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.json()["error"] == "temporarily_unavailable"
    assert answer.headers["retry-after"] == "600"
    assert answer.headers["cache-control"] == "no-store"


@pytest.fixture
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def tokens(keyfob: Keyfob, instance: Instance) -> Tokens:
    return keyfob.tokens(instance)


def test_f23_a_database_at_its_quota_takes_no_registration_and_goes_on_with_everything_else(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, log: pytest.LogCaptureFixture
) -> None:
    storm = issued(keyfob, NewInitialToken(uses=None)).token
    full = under(keyfob, storage_quota_bytes=used(keyfob))
    assert told(log) == [("alarm.raised", "storage", 100)]
    count = value(keyfob.database, COUNT)
    for _ in range(3):
        refused(post(full, storm))
    assert value(keyfob.database, COUNT) == count
    refreshed = full.refresh(instance, tokens.refresh_token)
    assert refreshed.status_code == 200
    access, refresh = refreshed.json()["access_token"], refreshed.json()["refresh_token"]
    headers = basic(instance.client_id, instance.client_secret)
    asked = full.request("POST", INTROSPECT, data={"token": access}, headers=headers)
    assert asked.json()["active"] is True
    assert full.userinfo(access).status_code == 200
    assert full.request("POST", REVOKE, data={"token": refresh}, headers=headers).status_code == 200
    assert full.userinfo(access).status_code == 401
    assert "New registrations are refused." in page(full)


def test_f23_a_token_that_came_upon_the_quota_is_good_when_there_is_room(
    keyfob: Keyfob, log: pytest.LogCaptureFixture
) -> None:
    token = keyfob.initial_token()
    counted = issued(keyfob, NewInitialToken(uses=1)).token
    full = under(keyfob, storage_quota_bytes=used(keyfob))
    for waiting in (token, counted):
        refused(post(full, waiting))
    roomy = under(keyfob, storage_quota_bytes=ROOMY)
    assert told(log) == [("alarm.raised", "storage", 100), ("alarm.cleared", "storage", 100)]
    for waiting in (token, counted):
        registered(post(roomy, waiting))
    ((uses,),) = rows(keyfob.database, "select uses from initial_tokens order by id desc limit 1")
    assert uses == 1
    assert "quota" not in page(roomy)


def test_f23_from_80_percent_on_there_is_an_alarm_and_nothing_is_refused(
    keyfob: Keyfob, log: pytest.LogCaptureFixture
) -> None:
    storm = issued(keyfob, NewInitialToken(uses=None)).token
    size = used(keyfob)
    calm = under(keyfob, storage_quota_bytes=size * 4 // 3)
    assert told(log) == []
    registered(post(calm, storm))
    near = under(keyfob, storage_quota_bytes=size * 6 // 5)
    look(near)
    assert told(log) == [("alarm.raised", "storage", 80)]
    registered(post(near, storm))
    assert "The database has reached 80 % of its quota: " in page(near)
    assert "New registrations are refused." not in page(near)


def test_f23_a_lost_answer_is_given_again_at_the_quota_too(keyfob: Keyfob) -> None:
    token = issued(keyfob, NewInitialToken(uses=1)).token
    first = registered(post(keyfob, token, key=KEY))
    full = under(keyfob, storage_quota_bytes=used(keyfob))
    again = post(full, token, key=KEY)
    assert again.status_code == 201
    assert again.json()["client_id"] == first.client_id


def test_f23_at_the_quota_a_bad_token_is_told_so_first(keyfob: Keyfob) -> None:
    full = under(keyfob, storage_quota_bytes=used(keyfob))
    assert post(full, "junk").status_code == 401


def test_f23_without_a_quota_an_alarm_of_before_keeps_nobody_out(keyfob: Keyfob) -> None:
    storm = issued(keyfob, NewInitialToken(uses=None)).token
    full = under(keyfob, storage_quota_bytes=used(keyfob))
    refused(post(full, storm))
    registered(post(keyfob, storm))


@pytest.mark.skipif(ON_POSTGRESQL, reason="its disk is another machine's")
def test_f23_a_disk_with_too_little_room_is_an_alarm_and_refuses_nothing(
    keyfob: Keyfob, log: pytest.LogCaptureFixture
) -> None:
    storm = issued(keyfob, NewInitialToken(uses=None)).token
    short = under(keyfob, least_free_bytes=2**53)
    assert told(log) == [("alarm.raised", "free_space", 100)]
    registered(post(short, storm))
    assert " left, less than the least of 9007.2 TB, since " in page(short)
    under(keyfob, least_free_bytes=1)
    assert told(log)[1:] == [("alarm.cleared", "free_space", 100)]


@pytest.mark.skipif(ON_POSTGRESQL, reason="it has no file to take away")
def test_a_database_that_cannot_be_measured_stops_no_job_for_ever(
    keyfob: Keyfob, caplog: pytest.LogCaptureFixture
) -> None:
    file, away = keyfob.database, keyfob.database.with_name("away.db")
    policy = WatchPolicy(instances_ceiling=0, storage_quota_bytes=1, least_free_bytes=0)
    gauge = keyfob.installation.database
    file.rename(away)
    with pytest.raises(StorageUnavailable, match="cannot look at the size of"):
        keyfob.run(watch(keyfob.installation.store.watching, gauge, policy, LogEvents(), now=1))
    away.rename(file)
    caplog.set_level(logging.INFO, "keyfob.events")
    keyfob.run(watch(keyfob.installation.store.watching, gauge, policy, LogEvents(), now=1))
    assert told(caplog) == [("alarm.raised", "storage", 100)]
