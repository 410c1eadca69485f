"""Refresh tokens are used once: what a second use does, by whom and when."""

import logging

import httpx
import pytest

from support_app import TOKEN, Instance, Keyfob, Tokens, basic, tokens_of
from support_sql import records, rows, value

WINDOW_S = 20
REFUSAL = {"error": "invalid_grant", "error_description": "the refresh token is not valid"}


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def tokens(keyfob: Keyfob, instance: Instance) -> Tokens:
    return keyfob.tokens(instance)


def refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()) == (400, REFUSAL)


def successor(keyfob: Keyfob, instance: Instance, token: str) -> str:
    answer = keyfob.refresh(instance, token)
    assert answer.status_code == 200, answer.text
    return tokens_of(answer).refresh_token


def reuse_classes(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Of the events about a reuse that revoked its grant."""
    facts = [vars(record)["facts"] for record in caplog.records if record.getMessage() == "refresh_reuse"]
    return [str(fact["kind"]) for fact in facts if fact.get("grant_revoked")]


def grant_of_latest(keyfob: Keyfob, instance: Instance) -> tuple[object, ...]:
    text = "select status, status_reason, refresh_counter from delegations where client_id = ? order by id desc limit 1"
    return rows(keyfob.database, text, instance.client_id)[0]


def test_e1_a_token_replayed_after_its_successor_was_used_revokes_the_grant(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "keyfob.events")
    second = successor(keyfob, instance, tokens.refresh_token)
    third = successor(keyfob, instance, second)
    live = tokens_of(keyfob.refresh(instance, third))
    assert refused(keyfob.refresh(instance, tokens.refresh_token))
    assert grant_of_latest(keyfob, instance) == ("revoked", "refresh token reuse: old", 3)
    assert reuse_classes(caplog) == ["old"]
    assert refused(keyfob.refresh(instance, live.refresh_token))
    assert keyfob.userinfo(live.access_token).status_code == 401


def test_e1_a_token_replayed_after_the_window_revokes_the_grant(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "keyfob.events")
    live = successor(keyfob, instance, tokens.refresh_token)
    keyfob.clock.forward(WINDOW_S + 1)
    assert refused(keyfob.refresh(instance, tokens.refresh_token))
    assert reuse_classes(caplog) == ["late"]
    assert refused(keyfob.refresh(instance, live))


def test_e1_within_the_window_a_lost_answer_is_said_again_without_a_write(
    keyfob: Keyfob, instance: Instance, tokens: Tokens
) -> None:
    live = successor(keyfob, instance, tokens.refresh_token)
    before = records(keyfob.database)
    keyfob.clock.forward(WINDOW_S)
    assert successor(keyfob, instance, tokens.refresh_token) == live
    assert records(keyfob.database) == before
    assert successor(keyfob, instance, live) not in {live, tokens.refresh_token}


def test_e1_a_grant_revoked_for_reuse_is_revoked_once(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    successor(keyfob, instance, successor(keyfob, instance, tokens.refresh_token))
    assert refused(keyfob.refresh(instance, tokens.refresh_token))
    before = records(keyfob.database)
    caplog.set_level(logging.INFO, "keyfob.events")
    assert refused(keyfob.refresh(instance, tokens.refresh_token))
    assert records(keyfob.database) == before
    assert reuse_classes(caplog) == []


def test_e1_junk_changes_nothing(keyfob: Keyfob, instance: Instance, tokens: Tokens) -> None:
    live = successor(keyfob, instance, tokens.refresh_token)
    other = keyfob.tokens(instance).refresh_token
    before = records(keyfob.database)
    last = "B" if live[-1] != "B" else "C"
    spoilt = [
        live[:-1] + last,
        live[:-43] + other[-43:],
        other[:-43] + live[-43:],
        live[:20] + ("A" if live[20] != "A" else "B") + live[21:],
        live + "A",
        live + "=",
        " " + live,
        live.swapcase(),
        live[:-10],
        "",
        "é",
        "x" * 4096,
        "x" * 4097,
    ]
    for token in spoilt:
        answer = keyfob.refresh(instance, token)
        assert answer.status_code == 400
        assert answer.json()["error"] in {"invalid_grant", "invalid_request"}
    assert records(keyfob.database) == before
    assert successor(keyfob, instance, live)


def test_e2_simultaneous_refreshes_all_get_the_same_successor(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "keyfob.events")
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
    request: tuple[str, str, dict[str, object]] = (
        "POST",
        TOKEN,
        {"data": form, "headers": basic(instance.client_id, instance.client_secret)},
    )
    answers = keyfob.together([request] * 64)
    assert {answer.status_code for answer in answers} == {200}
    successors = {tokens_of(answer).refresh_token for answer in answers}
    assert len(successors) == 1
    assert grant_of_latest(keyfob, instance)[2] == 1
    assert [record.getMessage() for record in caplog.records].count("grant.refreshed") == 1
    assert reuse_classes(caplog) == []
    assert successor(keyfob, instance, successors.pop())


def test_e4_a_token_with_another_instances_credentials_revokes_the_grant(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "keyfob.events")
    other = keyfob.new_instance()
    others_own = keyfob.tokens(other)
    assert refused(keyfob.refresh(other, tokens.refresh_token))
    assert reuse_classes(caplog) == ["foreign"]
    assert refused(keyfob.refresh(instance, tokens.refresh_token))
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    assert keyfob.refresh(other, others_own.refresh_token).status_code == 200
    text = "select count(*) from delegations where client_id = ? and status = 'revoked'"
    assert value(keyfob.database, text, other.client_id) == 0


def test_e4_without_good_credentials_nothing_is_revoked(keyfob: Keyfob, instance: Instance, tokens: Tokens) -> None:
    other = keyfob.new_instance()
    before = records(keyfob.database)
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
    answer = keyfob.token(form, basic(other.client_id, instance.client_secret))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert records(keyfob.database) == before
    assert successor(keyfob, instance, tokens.refresh_token)


def test_e5_a_wider_scope_is_refused_and_the_token_is_not_spent(
    keyfob: Keyfob, instance: Instance, tokens: Tokens
) -> None:
    before = records(keyfob.database)
    answer = keyfob.refresh(instance, tokens.refresh_token, scope="openid profile email")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    assert records(keyfob.database) == before
    assert successor(keyfob, instance, tokens.refresh_token)


def test_e5_a_narrower_scope_holds_for_its_answer_and_the_grant_keeps_its_own(
    keyfob: Keyfob, instance: Instance, tokens: Tokens
) -> None:
    narrow = keyfob.refresh(instance, tokens.refresh_token, scope="openid").json()
    assert narrow["scope"] == "openid"
    assert keyfob.userinfo(narrow["access_token"]).json() == {"sub": "demouser"}
    wide = keyfob.refresh(instance, narrow["refresh_token"]).json()
    assert wide["scope"] == "openid profile"
    assert keyfob.userinfo(wide["access_token"]).json()["name"] == "Demo User"


def test_e5_a_repeated_answer_does_not_widen_either(keyfob: Keyfob, instance: Instance, tokens: Tokens) -> None:
    successor(keyfob, instance, tokens.refresh_token)
    answer = keyfob.refresh(instance, tokens.refresh_token, scope="openid email")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
