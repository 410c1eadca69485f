"""A code works once. A second good request is refused and ends what the first one yielded; a bad one ends nothing."""

import logging

import httpx
import pytest

from keyfob_server.rules.sealed_claims import CodeClaims
from support_app import (
    REDIRECT,
    REGISTRATION_CLIENT,
    TOKEN,
    Browser,
    Instance,
    Keyfob,
    Pkce,
    answer_of,
    basic,
    tokens_of,
)
from support_authorize import signed_in
from support_sql import Row, records, rows, set_status, value

REFUSAL = (400, {"error": "invalid_grant", "error_description": "the authorization code is not valid"})


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def owner(keyfob: Keyfob, instance: Instance) -> Browser:
    return signed_in(keyfob, instance)


def verdict(answer: httpx.Response) -> tuple[int, object]:
    return answer.status_code, answer.json()


def grant_of(keyfob: Keyfob, code: str) -> list[Row]:
    """Status and reason of the grant that the code yielded, if any."""
    payload = keyfob.installation.services.sealer.open(CodeClaims.PURPOSE, code)
    assert payload is not None
    return rows(
        keyfob.database, "select status, status_reason from delegations where id = ?", CodeClaims.decode(payload).id
    )


def test_c1_a_second_use_is_refused_and_revokes_what_the_first_one_yielded(
    keyfob: Keyfob, instance: Instance, owner: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "keyfob.events")
    pkce = Pkce()
    code = keyfob.code_for(instance, owner, pkce)
    first = tokens_of(keyfob.redeem(instance, code, pkce))
    assert keyfob.userinfo(first.access_token).status_code == 200
    assert verdict(keyfob.redeem(instance, code, pkce)) == REFUSAL
    dead = keyfob.userinfo(first.access_token)
    assert (dead.status_code, dead.json()["error"]) == (401, "invalid_token")
    refused = keyfob.refresh(instance, first.refresh_token)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert grant_of(keyfob, code) == [("revoked", "code replayed")]
    facts = [vars(record)["facts"] for record in caplog.records if record.getMessage() == "code.replayed"]
    assert [(fact["client_id"], fact["grant_revoked"]) for fact in facts] == [(instance.client_id, True)]


def test_c1_what_a_refresh_yielded_since_dies_with_it(keyfob: Keyfob, instance: Instance, owner: Browser) -> None:
    pkce = Pkce()
    code = keyfob.code_for(instance, owner, pkce)
    later = tokens_of(keyfob.refresh(instance, tokens_of(keyfob.redeem(instance, code, pkce)).refresh_token))
    assert verdict(keyfob.redeem(instance, code, pkce)) == REFUSAL
    assert keyfob.userinfo(later.access_token).status_code == 401
    assert keyfob.refresh(instance, later.refresh_token).status_code == 400


@pytest.mark.parametrize("seconds", [59, 60, 7200])
def test_c1_a_second_use_after_the_codes_end_revokes_as_well(keyfob: Keyfob, seconds: int) -> None:
    instance, browser, pkce = keyfob.new_instance(), keyfob.browser(), Pkce()
    code = keyfob.code_for(instance, browser, pkce)
    assert keyfob.redeem(instance, code, pkce).status_code == 200
    keyfob.clock.forward(seconds)
    assert verdict(keyfob.redeem(instance, code, pkce)) == REFUSAL
    assert grant_of(keyfob, code) == [("revoked", "code replayed")]


def test_c1_a_third_use_is_refused_and_changes_nothing(keyfob: Keyfob, instance: Instance, owner: Browser) -> None:
    pkce = Pkce()
    code = keyfob.code_for(instance, owner, pkce)
    for _ in range(2):
        keyfob.redeem(instance, code, pkce)
    before = records(keyfob.database)
    assert verdict(keyfob.redeem(instance, code, pkce)) == REFUSAL
    assert records(keyfob.database) == before


def test_c1_a_replay_that_does_not_fit_revokes_nothing(keyfob: Keyfob, instance: Instance, owner: Browser) -> None:
    pkce, other = Pkce(), keyfob.new_instance()
    code = keyfob.code_for(instance, owner, pkce)
    first = tokens_of(keyfob.redeem(instance, code, pkce))
    before = records(keyfob.database)
    for changes in ({"code_verifier": ""}, {"code_verifier": Pkce().verifier}, {"redirect_uri": ""}):
        assert verdict(keyfob.redeem(instance, code, pkce, **changes)) == REFUSAL
    assert verdict(keyfob.redeem(other, code, pkce)) == REFUSAL
    wrong = keyfob.redeem(Instance(instance.client_id, "x" * 43, {}), code, pkce)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert records(keyfob.database) == before
    assert keyfob.userinfo(first.access_token).status_code == 200
    assert keyfob.refresh(instance, first.refresh_token).status_code == 200


def test_c1_a_replay_touches_no_other_grant(keyfob: Keyfob, instance: Instance, owner: Browser) -> None:
    pkce, spared = Pkce(), keyfob.tokens(instance, owner)
    code = keyfob.code_for(instance, owner, pkce)
    for _ in range(2):
        keyfob.redeem(instance, code, pkce)
    assert keyfob.userinfo(spared.access_token).status_code == 200
    assert keyfob.refresh(instance, spared.refresh_token).status_code == 200


def test_c1_a_replayed_code_of_the_registration_client_kills_the_initial_token(keyfob: Keyfob) -> None:
    browser, pkce = keyfob.browser(), Pkce()
    page = keyfob.authorize(browser, pkce, client_id=REGISTRATION_CLIENT, scope="dcr", nonce="")
    form = {"grant_type": "authorization_code", "client_id": REGISTRATION_CLIENT, "redirect_uri": REDIRECT,
            "code": answer_of(browser.sign_in(page))["code"], "code_verifier": pkce.verifier}  # fmt: skip
    token = keyfob.token(form).json()["access_token"]
    assert verdict(keyfob.token(form)) == REFUSAL
    before = records(keyfob.database)
    answer = keyfob.register(token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert records(keyfob.database) == before


def test_c1_a_replay_is_refused_for_a_suspended_instance_too(keyfob: Keyfob) -> None:
    instance, browser, pkce = keyfob.new_instance(), keyfob.browser(), Pkce()
    code = keyfob.code_for(instance, browser, pkce)
    assert keyfob.redeem(instance, code, pkce).status_code == 200
    set_status(keyfob.database, instance.client_id, "inactive")
    answer = keyfob.redeem(instance, code, pkce)
    assert (answer.status_code, answer.json()["error"], answer.json()["client_status"]) == (
        401, "invalid_client", "inactive",
    )  # fmt: skip


@pytest.mark.parametrize("number", [2, 8, 64])
def test_c2_of_many_simultaneous_redemptions_one_succeeds_and_its_grant_is_revoked(
    keyfob: Keyfob, instance: Instance, owner: Browser, number: int
) -> None:
    count = value(keyfob.database, "select count(*) from delegations")
    assert isinstance(count, int)
    for _ in range(5):
        pkce = Pkce()
        code = keyfob.code_for(instance, owner, pkce)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT,
                "code_verifier": pkce.verifier}  # fmt: skip
        arguments: dict[str, object] = {"data": form, "headers": basic(instance.client_id, instance.client_secret)}
        answers = keyfob.together([("POST", TOKEN, arguments)] * number)
        won = [answer for answer in answers if answer.status_code == 200]
        assert [verdict(answer) for answer in answers if answer not in won] == [REFUSAL] * (number - 1)
        (winner,) = won
        assert grant_of(keyfob, code) == [("revoked", "code replayed")]
        assert keyfob.userinfo(winner.json()["access_token"]).status_code == 401
        assert keyfob.refresh(instance, winner.json()["refresh_token"]).status_code == 400
    assert value(keyfob.database, "select count(*) from delegations") == count + 5


def test_c2_bad_redemptions_at_the_same_instant_do_not_hinder_the_good_one(
    keyfob: Keyfob, instance: Instance, owner: Browser
) -> None:
    pkce = Pkce()
    code = keyfob.code_for(instance, owner, pkce)
    good = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": pkce.verifier}
    headers = basic(instance.client_id, instance.client_secret)
    forms = [good | {"code_verifier": Pkce().verifier} for _ in range(15)]
    forms.insert(7, good)
    answers = keyfob.together([("POST", TOKEN, {"data": form, "headers": headers}) for form in forms])
    assert [answer.status_code for answer in answers] == [400] * 7 + [200] + [400] * 8
    assert [status for status, _ in grant_of(keyfob, code)] == ["active"]
    assert keyfob.userinfo(answers[7].json()["access_token"]).status_code == 200


def test_c10_a_redemption_whose_answer_was_lost_is_not_repeated_and_the_app_begins_again(
    keyfob: Keyfob, instance: Instance, owner: Browser
) -> None:
    pkce = Pkce()
    code = keyfob.code_for(instance, owner, pkce)
    lost = keyfob.redeem(instance, code, pkce)
    assert lost.status_code == 200
    assert verdict(keyfob.redeem(instance, code, pkce)) == REFUSAL
    again = keyfob.tokens(instance, owner)
    assert keyfob.userinfo(again.access_token).status_code == 200
    assert keyfob.refresh(instance, again.refresh_token).status_code == 200
    assert keyfob.userinfo(lost.json()["access_token"]).status_code == 401
