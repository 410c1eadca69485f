"""What was switched off stays dead for refresh, from the very next request, and does not come back by itself."""

from collections.abc import Callable

import httpx
import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.acts import Act
from support_app import Instance, Keyfob, Tokens
from support_sql import change, records, set_status

Kill = Callable[[Keyfob, Instance], None]


@pytest.fixture
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def tokens(keyfob: Keyfob, instance: Instance) -> Tokens:
    return keyfob.tokens(instance)


def _new_password(keyfob: Keyfob, _instance: Instance) -> None:
    services = keyfob.installation.services
    password_hash = keyfob.run(services.passwords.hash("Password1"))
    assert keyfob.run(keyfob.installation.store.set_password("demouser", password_hash=password_hash))


def _disable_and_enable_the_account(keyfob: Keyfob, _instance: Instance) -> None:
    for status in ("inactive", "active"):
        assert keyfob.run(keyfob.installation.store.set_account_status("demouser", status))


def _disable_and_enable_the_account_by_sql(keyfob: Keyfob, _instance: Instance) -> None:
    for status in ("disabled", "active"):
        assert change(keyfob.database, "update accounts set status = ? where user_name = 'demouser'", status) == 1


def _suspend_and_reactivate_by_sql(keyfob: Keyfob, instance: Instance) -> None:
    for status in ("inactive", "active"):
        set_status(keyfob.database, instance.client_id, status)


def _suspend_and_reactivate(keyfob: Keyfob, instance: Instance) -> None:
    for status in ("inactive", "active"):
        changing = keyfob.installation.store.set_instance_status(ClientId(instance.client_id), status, act=Act("admin"))
        assert keyfob.run(changing)


KILLS: dict[str, Kill] = {
    "a new password": _new_password,
    "the account off and on": _disable_and_enable_the_account,
    "the account off and on by SQL": _disable_and_enable_the_account_by_sql,
    "the instance off and on": _suspend_and_reactivate,
    "the instance off and on by SQL": _suspend_and_reactivate_by_sql,
}


def is_invalid_grant(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("name", KILLS)
def test_e8_tokens_from_before_are_dead_for_ever_and_a_new_sign_in_works(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, name: str
) -> None:
    browser = keyfob.browser()
    keyfob.tokens(instance, browser)
    KILLS[name](keyfob, instance)
    before = records(keyfob.database)
    assert is_invalid_grant(keyfob.refresh(instance, tokens.refresh_token))
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    assert records(keyfob.database) == before
    assert keyfob.refresh(instance, keyfob.tokens(instance, browser).refresh_token).status_code == 200


@pytest.mark.parametrize("status", ["inactive", "disabled", "deleted", "", "Active", "ACTIVE", " active"])
def test_e8_any_status_of_the_account_but_active_ends_refresh(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, status: str
) -> None:
    change(keyfob.database, "update accounts set status = ? where user_name = 'demouser'", status)
    try:
        assert is_invalid_grant(keyfob.refresh(instance, tokens.refresh_token))
        assert keyfob.userinfo(tokens.access_token).status_code == 401
    finally:
        change(keyfob.database, "update accounts set status = 'active' where user_name = 'demouser'")


def test_e8_a_revoked_instance_ends_refresh_and_says_so(keyfob: Keyfob, instance: Instance, tokens: Tokens) -> None:
    set_status(keyfob.database, instance.client_id, "revoked")
    answer = keyfob.refresh(instance, tokens.refresh_token)
    assert is_invalid_grant(answer)
    assert answer.json()["client_status"] == "revoked"


def test_e8_a_deleted_account_ends_refresh(keyfob: Keyfob) -> None:
    instance = keyfob.new_instance()
    tokens = keyfob.tokens(instance)
    change(keyfob.database, "update accounts set id = 'gone' || id where user_name = 'demouser'")
    try:
        assert is_invalid_grant(keyfob.refresh(instance, tokens.refresh_token))
    finally:
        change(keyfob.database, "update accounts set id = substr(id, 5) where user_name = 'demouser'")
    assert keyfob.refresh(instance, tokens.refresh_token).status_code == 200


def test_e8_a_grant_that_was_revoked_by_hand_ends_refresh_and_its_access_tokens_stay_dead(
    keyfob: Keyfob, instance: Instance, tokens: Tokens
) -> None:
    change(keyfob.database, "update delegations set status = 'revoked' where client_id = ?", instance.client_id)
    assert is_invalid_grant(keyfob.refresh(instance, tokens.refresh_token))
    change(keyfob.database, "update delegations set status = 'active' where client_id = ?", instance.client_id)
    assert keyfob.userinfo(tokens.access_token).status_code == 401
