"""How long a session lives, and what the browser may keep of the pages that it saw."""

from dataclasses import replace
from pathlib import Path

import pytest

from keyfob_server.demo.data import demo_policy
from support_app import (
    BASE,
    LOGOUT,
    REGISTRATION_CLIENT,
    Browser,
    Instance,
    Keyfob,
    Pkce,
    answer_of,
    running_keyfob,
)
from support_sql import change, rows

HOUR = 3600


@pytest.fixture
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def signed_in(keyfob: Keyfob, instance: Instance) -> Browser:
    browser = keyfob.browser()
    keyfob.code_for(instance, browser, Pkce())
    return browser


def is_signed_in(keyfob: Keyfob, browser: Browser, instance: Instance) -> bool:
    """By single sign-on; where it asks for a password, `prompt=none` must say that too."""
    answer = keyfob.authorize(browser, Pkce(), client_id=instance.client_id)
    silent = answer_of(keyfob.authorize(browser, Pkce(), client_id=instance.client_id, prompt="none"))
    if answer.status_code == 303:
        assert "code" in silent
        return True
    assert 'name="password"' in answer.text
    assert (silent["error"], "code" in silent) == ("login_required", False)
    return False


def test_h19_a_session_lives_while_it_is_idle_for_less_than_eight_hours(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    keyfob.clock.forward(8 * HOUR - 1)
    assert is_signed_in(keyfob, signed_in, instance)


def test_h19_a_session_ends_when_it_was_idle_for_eight_hours(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    keyfob.clock.forward(8 * HOUR)
    assert not is_signed_in(keyfob, signed_in, instance)


def test_h19_use_keeps_a_session_alive_to_its_absolute_end_and_not_beyond(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    for _ in range(5):
        keyfob.clock.forward(4 * HOUR)
        assert is_signed_in(keyfob, signed_in, instance)
    keyfob.clock.forward(4 * HOUR - 1)
    assert is_signed_in(keyfob, signed_in, instance)
    keyfob.clock.forward(1)
    assert not is_signed_in(keyfob, signed_in, instance)


@pytest.mark.parametrize("idle_s", [60, 300])
def test_h19_use_keeps_a_session_alive_also_when_it_may_be_idle_for_minutes_only(tmp_path: Path, idle_s: int) -> None:
    with running_keyfob(tmp_path, policy=replace(demo_policy(BASE), session_idle_s=idle_s)) as keyfob:
        instance, browser = keyfob.new_instance(), keyfob.browser()
        keyfob.code_for(instance, browser, Pkce())
        for _ in range(5):
            keyfob.clock.forward(idle_s // 2)
            assert is_signed_in(keyfob, browser, instance)
        keyfob.clock.forward(idle_s)
        assert not is_signed_in(keyfob, browser, instance)


@pytest.mark.parametrize("page", ["/devices", "/devices/apps"])
def test_h19_looking_at_ones_devices_and_apps_keeps_a_session_alive_too(tmp_path: Path, page: str) -> None:
    with running_keyfob(tmp_path, policy=replace(demo_policy(BASE), session_idle_s=60)) as keyfob:
        browser = keyfob.browser()
        keyfob.code_for(keyfob.new_instance(), browser, Pkce())
        for _ in range(5):
            keyfob.clock.forward(30)
            assert browser.get(page).status_code == 200
        keyfob.clock.forward(60)
        assert browser.get(page).status_code == 303


def test_h19_giving_the_password_again_begins_a_new_session_with_a_day_of_its_own(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    for _ in range(3):
        keyfob.clock.forward(7 * HOUR)
        assert is_signed_in(keyfob, signed_in, instance)
    signed_in.sign_in(keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, prompt="login"))
    keyfob.clock.forward(7 * HOUR)
    assert is_signed_in(keyfob, signed_in, instance)


def test_h19_the_end_of_a_session_does_not_depend_on_the_cookie_staying(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    cookies = dict(signed_in.cookies)
    keyfob.clock.forward(24 * HOUR)
    signed_in.cookies = cookies
    assert not is_signed_in(keyfob, signed_in, instance)


def test_h19_a_sign_in_page_of_an_ended_session_still_works_and_makes_a_new_one(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    keyfob.clock.forward(24 * HOUR)
    page = keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id)
    assert "code" in answer_of(signed_in.sign_in(page))
    assert is_signed_in(keyfob, signed_in, instance)


@pytest.mark.parametrize("status", ["ended", "revoked", "ACTIVE", ""])
def test_h19_a_session_whose_row_says_anything_but_active_is_over(
    keyfob: Keyfob, instance: Instance, signed_in: Browser, status: str
) -> None:
    ((newest,),) = rows(keyfob.database, "select id from sessions order by created desc, rowid desc limit 1")
    assert change(keyfob.database, "update sessions set status = ? where id = ?", status, newest) == 1
    assert not is_signed_in(keyfob, signed_in, instance)


def test_h13_no_page_and_no_redirect_of_a_person_may_be_kept_by_the_browser(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    answers = [keyfob.authorize(browser, Pkce(), client_id=instance.client_id)]
    answers.append(browser.sign_in(answers[0], password="wrong"))
    answers.append(browser.sign_in(answers[0]))
    answers.append(keyfob.authorize(browser, Pkce(), client_id=REGISTRATION_CLIENT, scope="dcr", nonce=""))
    answers.append(browser.get(LOGOUT))
    answers.append(browser.submit(answers[-1], sign_out="1"))
    answers.append(keyfob.authorize(browser, Pkce(), client_id="nobody"))
    answers.append(browser.get("/nothing"))
    assert [answer.status_code for answer in answers] == [200, 200, 303, 200, 200, 200, 400, 404]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


def test_h13_after_signing_out_the_addresses_of_the_history_ask_for_the_password(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    signed_in.submit(signed_in.get(LOGOUT), sign_out="1")
    assert not is_signed_in(keyfob, signed_in, instance)
    page = keyfob.authorize(signed_in, Pkce(), client_id=REGISTRATION_CLIENT, scope="dcr", nonce="")
    assert ('name="password"' in page.text, "Demo User" in page.text) == (True, False)
