"""When the person has to give the password again: prompt, max_age, and what an instance registered."""

import base64
import json

import pytest

from support_app import REGISTRATION_CLIENT, Browser, Instance, Keyfob, Pkce, answer_of, tokens_of


@pytest.fixture
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def signed_in(keyfob: Keyfob, instance: Instance) -> Browser:
    browser = keyfob.browser()
    keyfob.code_for(instance, browser, Pkce())
    return browser


def asks_for_the_password(keyfob: Keyfob, browser: Browser, instance: Instance, **changes: str) -> bool:
    answer = keyfob.authorize(browser, Pkce(), client_id=instance.client_id, **changes)
    if answer.status_code == 303:
        assert "code" in answer_of(answer)
        return False
    assert (answer.status_code, 'name="password"' in answer.text) == (200, True)
    return True


def id_token_claims(keyfob: Keyfob, instance: Instance, browser: Browser, **changes: str) -> dict[str, object]:
    pkce = Pkce()
    answer = keyfob.authorize(browser, pkce, client_id=instance.client_id, **changes)
    if answer.status_code == 200:
        answer = browser.sign_in(answer)
    token = tokens_of(keyfob.redeem(instance, answer_of(answer)["code"], pkce)).id_token
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert isinstance(claims, dict)
    return claims


def test_somebody_who_is_signed_in_is_asked_for_nothing(keyfob: Keyfob, instance: Instance, signed_in: Browser) -> None:
    assert not asks_for_the_password(keyfob, signed_in, instance)


@pytest.mark.parametrize("prompt", ["login", "select_account", "login consent", "login select_account"])
def test_prompt_login_asks_again_every_time(
    keyfob: Keyfob, instance: Instance, signed_in: Browser, prompt: str
) -> None:
    for _ in range(2):
        assert asks_for_the_password(keyfob, signed_in, instance, prompt=prompt)
        signed_in.sign_in(keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, prompt=prompt))


def test_prompt_login_yields_a_code_after_the_password_and_a_new_auth_time(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    before = id_token_claims(keyfob, instance, signed_in)["auth_time"]
    keyfob.clock.forward(100)
    assert id_token_claims(keyfob, instance, signed_in)["auth_time"] == before
    assert id_token_claims(keyfob, instance, signed_in, prompt="login")["auth_time"] == keyfob.clock.now


def test_prompt_none_yields_a_code_when_nothing_has_to_be_asked(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    assert not asks_for_the_password(keyfob, signed_in, instance, prompt="none")


def test_prompt_consent_shows_what_the_app_may_do_and_waits_for_a_click(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    page = keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, prompt="consent")
    assert (page.status_code, "Allow this app?" in page.text) == (200, True)
    assert "code" in answer_of(signed_in.submit(page, allow="1"))


def test_the_consent_of_prompt_login_consent_comes_after_the_password(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    page = keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, prompt="login consent")
    question = signed_in.sign_in(page)
    assert "Allow this app?" in question.text
    assert "code" in answer_of(signed_in.submit(question, allow="1"))


@pytest.mark.parametrize("prompt", ["Login", "create", "none login", "none none login"])
def test_an_unknown_prompt_or_none_beside_another_is_invalid_request(
    keyfob: Keyfob, instance: Instance, signed_in: Browser, prompt: str
) -> None:
    answer = answer_of(keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, prompt=prompt))
    assert answer["error"] == "invalid_request"


def test_max_age_asks_for_the_password_once_the_sign_in_is_older(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    keyfob.clock.forward(60)
    assert not asks_for_the_password(keyfob, signed_in, instance, max_age="60")
    keyfob.clock.forward(1)
    silent = keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, max_age="60", prompt="none")
    assert answer_of(silent)["error"] == "login_required"
    assert asks_for_the_password(keyfob, signed_in, instance, max_age="60")


def test_max_age_is_answered_with_the_time_of_the_sign_in(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    keyfob.clock.forward(1000)
    assert id_token_claims(keyfob, instance, signed_in, max_age="10")["auth_time"] == keyfob.clock.now


def test_max_age_0_asks_as_prompt_login_does_within_the_same_second(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    assert asks_for_the_password(keyfob, signed_in, instance, max_age="0")
    assert id_token_claims(keyfob, instance, signed_in, max_age="0")["auth_time"] == keyfob.clock.now


def test_max_age_0_with_consent_asks_for_each_once_however_long_the_person_reads(
    keyfob: Keyfob, signed_in: Browser
) -> None:
    careful = keyfob.new_instance(requires_consent=True)
    page = keyfob.authorize(signed_in, Pkce(), client_id=careful.client_id, max_age="0")
    question = signed_in.sign_in(page)
    assert "Allow this app?" in question.text
    keyfob.clock.forward(600)
    assert "code" in answer_of(signed_in.submit(question, allow="1"))


@pytest.mark.parametrize("max_age", ["-1", "x", "1.5", "1e3", "+5", " 5", "٣", "9" * 10])
def test_a_max_age_that_is_no_number_of_seconds_is_invalid_request(
    keyfob: Keyfob, instance: Instance, signed_in: Browser, max_age: str
) -> None:
    answer = answer_of(keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, max_age=max_age))
    assert answer["error"] == "invalid_request"


def test_a_default_max_age_that_an_instance_registered_is_in_force_unless_the_request_says_otherwise(
    keyfob: Keyfob, signed_in: Browser
) -> None:
    instance = keyfob.new_instance(default_max_age=30)
    keyfob.clock.forward(31)
    assert asks_for_the_password(keyfob, signed_in, instance)
    assert not asks_for_the_password(keyfob, signed_in, instance, max_age="3600")


def test_the_password_counts_for_dcr_for_five_minutes_and_then_is_asked_again(
    keyfob: Keyfob, signed_in: Browser
) -> None:
    request = {"client_id": REGISTRATION_CLIENT, "scope": "dcr", "nonce": ""}
    keyfob.clock.forward(300)
    assert "Register this device?" in keyfob.authorize(signed_in, Pkce(), **request).text
    keyfob.clock.forward(1)
    assert 'name="password"' in keyfob.authorize(signed_in, Pkce(), **request).text


def test_a_click_that_comes_after_those_five_minutes_asks_for_the_password(keyfob: Keyfob, signed_in: Browser) -> None:
    page = keyfob.authorize(signed_in, Pkce(), client_id=REGISTRATION_CLIENT, scope="dcr", nonce="")
    keyfob.clock.forward(301)
    answer = signed_in.submit(page, allow="1")
    assert (answer.status_code, 'name="password"' in answer.text) == (200, True)
