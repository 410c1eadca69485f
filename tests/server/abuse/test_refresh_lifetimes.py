"""How long a grant can be refreshed: idle, and in all. The database's time travels."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from keyfob_server.demo.data import demo_policy
from support_app import BASE, Instance, Keyfob, running_keyfob, tokens_of
from support_sql import records, value

DAY = 86400
IDLE_S = 30 * DAY
ABSOLUTE_S = 365 * DAY
END_OF_GRANT = "select expires from delegations where client_id = ? and scope = 'openid profile'"


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    """With the lifetimes of an ordinary server: the demo's are shorter."""
    policy = replace(demo_policy(BASE), refresh_idle_s=IDLE_S, refresh_absolute_s=ABSOLUTE_S)
    with running_keyfob(tmp_path_factory.mktemp("lifetimes"), policy=policy) as running:
        yield running


@pytest.fixture
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


def is_invalid_grant(keyfob: Keyfob, instance: Instance, token: str) -> bool:
    """Refused, and nothing changed."""
    before = records(keyfob.database)
    answer = keyfob.refresh(instance, token)
    assert records(keyfob.database) == before
    return (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_e6_no_refresh_moves_the_absolute_end(keyfob: Keyfob, instance: Instance) -> None:
    token = keyfob.tokens(instance).refresh_token
    begun = keyfob.clock.now
    end = begun + ABSOLUTE_S
    assert value(keyfob.database, END_OF_GRANT, instance.client_id) == end
    while keyfob.clock.now + 29 * DAY < end:
        keyfob.clock.forward(29 * DAY)
        token = tokens_of(keyfob.refresh(instance, token)).refresh_token
    keyfob.clock.now = end - 1
    token = tokens_of(keyfob.refresh(instance, token)).refresh_token
    assert value(keyfob.database, END_OF_GRANT, instance.client_id) == end
    keyfob.clock.now = end
    assert is_invalid_grant(keyfob, instance, token)


def test_e7_a_token_that_lay_unused_for_too_long_is_dead(keyfob: Keyfob, instance: Instance) -> None:
    first = keyfob.tokens(instance).refresh_token
    keyfob.clock.forward(IDLE_S - 1)
    second = tokens_of(keyfob.refresh(instance, first)).refresh_token
    keyfob.clock.forward(IDLE_S)
    assert is_invalid_grant(keyfob, instance, second)
    assert is_invalid_grant(keyfob, instance, first)


def test_e7_a_registration_may_shorten_the_idle_time_and_never_lengthen_it(keyfob: Keyfob) -> None:
    short, long = keyfob.new_instance(refresh_token_ttl=600), keyfob.new_instance(refresh_token_ttl=IDLE_S * 2)
    assert (short.document["refresh_token_ttl"], long.document["refresh_token_ttl"]) == (600, IDLE_S)
    shorts, longs = keyfob.tokens(short).refresh_token, keyfob.tokens(long).refresh_token
    keyfob.clock.forward(599)
    shorts = tokens_of(keyfob.refresh(short, shorts)).refresh_token
    keyfob.clock.forward(600)
    assert is_invalid_grant(keyfob, short, shorts)
    keyfob.clock.forward(IDLE_S - 1200)
    longs = tokens_of(keyfob.refresh(long, longs)).refresh_token
    keyfob.clock.forward(IDLE_S)
    assert is_invalid_grant(keyfob, long, longs)
