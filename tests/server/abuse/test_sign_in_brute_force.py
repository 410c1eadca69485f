"""Who guesses a password gets slower and slower; its owner gets in from elsewhere, and from a known browser."""

import logging
import re
from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from support_app import Browser, Instance, Keyfob, Pkce, running_keyfob
from support_attempts import add_account, at, attempt, counting, sign_in_page
from support_sql import rows

WRONG: Final = "User name or password is not right."
ATTACKER: Final = "198.51.100.66"
NEIGHBOUR: Final = "198.51.100.99"
ELSEWHERE: Final = "203.0.113.5"


@pytest.fixture
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running


def hammer(keyfob: Keyfob, times: int = 10, user_name: str = "demouser") -> None:
    there = at(keyfob, ATTACKER)
    for _ in range(times):
        refused(attempt(there, user_name))


def refused(answer: httpx.Response) -> None:
    assert answer.status_code == 200
    assert WRONG in answer.text
    assert "set-cookie" not in answer.headers


def let_in(answer: httpx.Response) -> None:
    assert answer.status_code == 303, answer.text


def test_h6_after_ten_failures_the_right_password_is_refused_with_the_same_text_while_the_delay_runs(
    keyfob: Keyfob,
) -> None:
    hammer(keyfob)
    refused(attempt(at(keyfob, ATTACKER), "demouser", "Password1"))
    keyfob.clock.forward(1)
    let_in(attempt(at(keyfob, ATTACKER), "demouser", "Password1"))


def test_h6_nine_failures_cost_nothing_and_a_success_forgets_them(keyfob: Keyfob) -> None:
    for _ in range(3):
        hammer(keyfob, 9)
        let_in(attempt(at(keyfob, ATTACKER), "demouser", "Password1"))


@pytest.mark.slow
def test_h6_of_a_thousand_guesses_a_minute_apart_hardly_any_is_looked_at(keyfob: Keyfob) -> None:
    server, passwords = counting(at(keyfob, ATTACKER))
    server = at(server, ATTACKER)
    browser = server.browser()
    page = sign_in_page(server, browser)
    for number in range(1000):
        page = browser.sign_in(page, "demouser", f"guess {number}")
        refused(page)
        server.clock.forward(60)
    # ten free ones, some while the delay is short, then four an hour
    assert passwords.looked_at <= 10 + 12 + 1000 // 15
    assert passwords.looked_at + passwords.burnt == 1000


def test_h6_many_guesses_at_once_are_no_more_than_one_after_the_other(keyfob: Keyfob) -> None:
    server, passwords = counting(keyfob)
    server = at(server, ATTACKER)
    forms: list[tuple[str, str, dict[str, object]]] = []
    for _ in range(40):
        browser = server.browser()
        page = sign_in_page(server, browser)
        state = re.search(r'name="state" value="([^"]+)"', page.text)
        assert state
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        form = {"state": state[1], "username": "demouser", "password": "wrong"}
        forms.append(
            ("POST", "/authn/authentication/username-password", {"data": form, "headers": {"cookie": cookies}})
        )
    for answer in server.together(forms):
        refused(answer)
    assert passwords.looked_at == 10


def test_h6_the_owner_gets_in_from_another_network_meanwhile(keyfob: Keyfob) -> None:
    hammer(keyfob, 15)
    refused(attempt(at(keyfob, NEIGHBOUR), "demouser", "Password1"))
    let_in(attempt(at(keyfob, ELSEWHERE), "demouser", "Password1"))
    refused(attempt(at(keyfob, ATTACKER), "demouser", "Password1"))


def known_browser(keyfob: Keyfob, user_name: str = "demouser") -> Browser:
    browser = at(keyfob, NEIGHBOUR).browser()
    let_in(attempt(at(keyfob, NEIGHBOUR), user_name, "Password1", browser))
    return browser


def test_h6_the_owner_gets_in_from_a_known_browser_even_beside_the_attacker(keyfob: Keyfob) -> None:
    owner = known_browser(keyfob)
    hammer(keyfob, 30)
    let_in(attempt(at(keyfob, ATTACKER), "demouser", "Password1", owner))
    refused(attempt(at(keyfob, ATTACKER), "demouser", "Password1"))


def test_h6_a_browser_known_for_another_account_is_a_stranger(keyfob: Keyfob) -> None:
    add_account(keyfob, "mallory1")
    mallory = known_browser(keyfob, "mallory1")
    hammer(keyfob)
    refused(attempt(at(keyfob, ATTACKER), "demouser", "Password1", mallory))


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-1], lambda text: text + "A", lambda text: text.lower(), lambda _: "{}"]
)
def test_h6_a_spoilt_mark_of_a_known_browser_is_none(keyfob: Keyfob, spoil: object) -> None:
    owner = known_browser(keyfob)
    assert callable(spoil)
    owner.cookies["keyfob-device"] = spoil(owner.cookies["keyfob-device"])
    hammer(keyfob)
    refused(attempt(at(keyfob, ATTACKER), "demouser", "Password1", owner))


def test_h6_a_known_browser_is_forgotten_in_the_end(keyfob: Keyfob) -> None:
    owner = known_browser(keyfob)
    keyfob.clock.forward(180 * 86400)
    hammer(keyfob)
    refused(attempt(at(keyfob, ATTACKER), "demouser", "Password1", owner))


def test_h6_who_has_a_known_browser_cannot_guess_for_ever_either(keyfob: Keyfob) -> None:
    owner = known_browser(keyfob)
    for number in range(10):
        refused(attempt(at(keyfob, f"203.0.113.{number}"), "demouser", "wrong", owner))
    refused(attempt(at(keyfob, ELSEWHERE), "demouser", "Password1", owner))
    let_in(attempt(at(keyfob, NEIGHBOUR), "demouser", "Password1"))


def test_h6_what_was_typed_as_a_name_and_where_from_lies_in_the_database_as_hashes(keyfob: Keyfob) -> None:
    hammer(keyfob, 1, "my own password")
    (row,) = rows(keyfob.database, "select name_hash, source_hash from sign_in_failures")
    assert "password" not in str(row)
    assert "198.51" not in str(row)
    assert b"my own password" not in keyfob.database.read_bytes()


def test_h6_guesses_from_everywhere_raise_one_event_and_lock_nobody_out(
    keyfob: Keyfob, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "keyfob.events")
    for number in range(110):
        refused(attempt(at(keyfob, f"203.0.{number}.1"), "demouser"))
    alarms = [vars(record)["facts"] for record in caplog.records if record.getMessage() == "sign_in.many_failures"]
    assert len(alarms) == 1
    let_in(attempt(at(keyfob, ELSEWHERE), "demouser", "Password1"))


def test_h10_the_delay_of_the_password_form_ends_no_session_and_no_token(keyfob: Keyfob) -> None:
    instance, browser = keyfob.new_instance(), keyfob.browser()
    tokens = keyfob.tokens(instance, browser)
    hammer(keyfob, 20)
    assert keyfob.refresh(instance, tokens.refresh_token).status_code == 200
    assert keyfob.userinfo(tokens.access_token).status_code == 200
    let_in(keyfob.authorize(browser, Pkce(), client_id=instance.client_id))


def after_disabling(keyfob: Keyfob) -> None:
    assert keyfob.run(keyfob.installation.store.set_account_status("demouser", "inactive"))


def test_h10_an_account_that_is_disabled_between_the_steps_is_found_out_at_each(keyfob: Keyfob) -> None:
    instance, browser, pkce = keyfob.new_instance(), keyfob.browser(), Pkce()
    tokens = keyfob.tokens(instance, browser)
    page = sign_in_page(keyfob, keyfob.browser())
    code, initial = keyfob.code_for(instance, browser, pkce), keyfob.initial_token()
    after_disabling(keyfob)
    assert page.status_code == 200
    assert redeemed(keyfob, instance, code, pkce) == (400, "invalid_grant")
    refreshed = keyfob.refresh(instance, tokens.refresh_token)
    assert (refreshed.status_code, refreshed.json()["error"]) == (400, "invalid_grant")
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    assert keyfob.register(initial).status_code == 401
    assert 'name="password"' in keyfob.authorize(browser, Pkce(), client_id=instance.client_id).text
    refused(attempt(keyfob, "demouser", "Password1"))


def redeemed(keyfob: Keyfob, instance: Instance, code: str, pkce: Pkce) -> tuple[int, str]:
    answer = keyfob.redeem(instance, code, pkce)
    return answer.status_code, answer.json()["error"]
