"""One person signs in over and over: old sign-ins go, and nothing grows with them but rows that are swept."""

import asyncio
import gc

import pytest

from keyfob_server.endpoints.grant_limit import MOST_GRANTS
from keyfob_server.rules.records import Grant, Loaded
from keyfob_server.rules.sealed_claims import AccessClaims
from support_app import Instance, Keyfob, Tokens
from support_sql import change, rows, value

LIVE = "select count(*) from delegations where client_id = ? and status = 'active' and scope not like '%dcr%'"


def settled(keyfob: Keyfob) -> None:
    """What runs after an answer has run."""
    keyfob.run(keyfob.installation.services.background.finish())


@pytest.fixture
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


def signed_in(keyfob: Keyfob, instance: Instance, times: int) -> list[Tokens]:
    browser = keyfob.browser()
    return [keyfob.tokens(instance, browser) for _ in range(times)]


def test_e11_ten_sign_ins_of_one_person_at_one_app_go_on_and_the_oldest_end(keyfob: Keyfob, instance: Instance) -> None:
    tokens = signed_in(keyfob, instance, 14)
    settled(keyfob)
    assert value(keyfob.database, LIVE, instance.client_id) == MOST_GRANTS
    answers = [keyfob.refresh(instance, one.refresh_token) for one in tokens]
    assert [answer.status_code for answer in answers] == [400] * 4 + [200] * 10
    assert {answer.json()["error"] for answer in answers[:4]} == {"invalid_grant"}
    assert keyfob.userinfo(tokens[0].access_token).status_code == 401
    assert keyfob.userinfo(tokens[-1].access_token).status_code == 200


def test_e11_ten_are_left_alone(keyfob: Keyfob, instance: Instance) -> None:
    tokens = signed_in(keyfob, instance, 10)
    settled(keyfob)
    assert [keyfob.refresh(instance, one.refresh_token).status_code for one in tokens] == [200] * 10


def test_e11_another_instance_and_another_person_lose_nothing(keyfob: Keyfob, instance: Instance) -> None:
    other = keyfob.new_instance()
    kept = keyfob.tokens(other)
    foreign = keyfob.tokens(instance)
    text = "update delegations set account_id = 'somebody else' where client_id = ?"
    assert change(keyfob.database, text, instance.client_id)
    signed_in(keyfob, instance, 12)
    settled(keyfob)
    assert keyfob.refresh(other, kept.refresh_token).status_code == 200
    of = "select status from delegations where client_id = ? and account_id = 'somebody else' order by id"
    assert {status for (status,) in rows(keyfob.database, of, instance.client_id)} == {"active"}
    assert foreign.refresh_token


def test_e11_an_app_without_refresh_tokens_has_none_to_lose(keyfob: Keyfob, instance: Instance) -> None:
    text = """update dynamically_registered_clients
        set attributes = replace(attributes, '"refresh_token"', '"no_refresh_token"') where client_id = ?"""
    assert change(keyfob.database, text, instance.client_id)
    tokens = signed_in(keyfob, instance, 12)
    settled(keyfob)
    assert {one.refresh_token for one in tokens} == {""}
    assert value(keyfob.database, LIVE, instance.client_id) == 12


def kept() -> int:
    """How many grants, rows and pieces of work the process holds on to."""
    gc.collect()
    return sum(isinstance(found, Grant | Loaded | AccessClaims | asyncio.Task) for found in gc.get_objects())


def test_e11_a_flood_of_sign_ins_leaves_nothing_in_memory(keyfob: Keyfob, instance: Instance) -> None:
    signed_in(keyfob, instance, 12)
    settled(keyfob)
    before = kept()
    signed_in(keyfob, instance, 60)
    settled(keyfob)
    assert value(keyfob.database, LIVE, instance.client_id) == 10
    assert kept() <= before
