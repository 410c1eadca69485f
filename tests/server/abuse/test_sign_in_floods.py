"""Many names from one place, and many sign-ins at once: who does it is told to wait, and nobody else."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import httpx
import pytest

from keyfob_server.crypto.argon2 import MAX_CHARACTERS, ArgonPasswords, ArgonSettings
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.demo.data import demo_policy
from keyfob_server.rules.limits import LimitsPolicy
from support_app import BASE, TOKEN, Keyfob, basic, running_keyfob
from support_attempts import add_account, at, attempt, counting, sign_in_page
from support_sql import value
from support_twins import twin

FEW: Final = LimitsPolicy(
    sign_in_address_failures=5, sign_in_network_failures=8, sign_in_total_failures=12, sign_in_known_failures=6
)
SIGN_IN: Final = "/authn/authentication/username-password"


@pytest.fixture
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    policy = replace(demo_policy(BASE), limits=FEW, trusted_proxies=("10.0.0.0/8",))
    with running_keyfob(tmp_path_factory.mktemp("keyfob"), policy=policy) as running:
        yield running


def stuff(keyfob: Keyfob, addresses: list[str]) -> list[int]:
    """Another name each time, once."""
    statuses = []
    for number, address in enumerate(addresses):
        answer = attempt(at(keyfob, address), f"name-{number}")
        if answer.status_code == 429:
            assert 1 <= int(answer.headers["retry-after"]) <= 120
            assert answer.headers["cache-control"] == "no-store"
            assert "set-cookie" not in answer.headers
        statuses.append(answer.status_code)
    return statuses


def test_h9_many_names_from_one_address_are_told_to_wait_before_any_hash(keyfob: Keyfob) -> None:
    server, passwords = counting(keyfob)
    assert stuff(server, ["198.51.100.1"] * 8) == [200] * 5 + [429] * 3
    assert passwords.looked_at + passwords.burnt == 5
    assert attempt(at(keyfob, "198.51.100.2"), "demouser", "Password1").status_code == 303


def test_h9_the_addresses_of_an_ipv6_network_count_as_one(keyfob: Keyfob) -> None:
    assert stuff(keyfob, [f"2001:db8:1:2::{number:x}" for number in range(1, 8)]) == [200] * 5 + [429] * 2
    assert stuff(keyfob, ["2001:db8:1:3::1"]) == [200]


def test_h9_an_ipv4_network_has_a_limit_of_its_own(keyfob: Keyfob) -> None:
    assert stuff(keyfob, [f"198.51.100.{number}" for number in range(10)]) == [200] * 8 + [429] * 2
    assert stuff(keyfob, ["198.51.101.1"]) == [200]


def test_h9_one_customer_with_many_ipv6_networks_keeps_nobody_else_out(keyfob: Keyfob) -> None:
    assert stuff(keyfob, [f"2001:db8:0:{number:x}::1" for number in range(14)]) == [200] * 8 + [429] * 6
    assert stuff(keyfob, ["2001:db8:1::1"]) == [200]
    assert attempt(at(keyfob, "203.0.113.9"), "demouser", "Password1").status_code == 303


def test_h9_rotating_addresses_come_upon_the_limit_of_all_together(keyfob: Keyfob) -> None:
    assert stuff(keyfob, [f"198.51.{number}.1" for number in range(14)]) == [200] * 12 + [429] * 2


def test_h9_what_a_caller_says_of_its_address_changes_nothing_and_what_a_proxy_saw_counts(keyfob: Keyfob) -> None:
    def sign_in(peer: str, said: str) -> int:
        there = at(keyfob, peer)
        browser = there.browser()
        page = sign_in_page(there, browser)
        (state,) = re.findall(r'name="state" value="([^"]+)"', page.text)
        form = {"state": state, "username": "x", "password": "x"}
        return browser.post(SIGN_IN, form, x_forwarded_for=said).status_code

    assert [sign_in("198.51.100.1", f"203.0.{number}.1") for number in range(6)] == [200] * 5 + [429]
    assert [sign_in("10.0.0.1", f"203.0.{number}.1, 198.51.100.1") for number in range(2)] == [429] * 2
    assert sign_in("10.0.0.1", "198.51.100.1, 203.0.113.1") == 200


def test_h9_who_signs_in_is_not_counted(keyfob: Keyfob) -> None:
    answers = [attempt(at(keyfob, "198.51.100.1"), "demouser", "Password1").status_code for _ in range(15)]
    assert answers == [303] * 15


def test_h9_a_known_browser_gets_in_while_nobody_else_does(keyfob: Keyfob) -> None:
    here = at(keyfob, "198.51.100.1")
    owner = here.browser()
    attempt(here, "demouser", "Password1", owner)
    stuff(keyfob, ["198.51.100.1"] * 6 + [f"198.51.{number}.1" for number in range(14)])
    assert attempt(at(keyfob, "203.0.113.1"), "demouser", "Password1").status_code == 429
    assert attempt(here, "demouser", "Password1", owner).status_code == 303


def test_h11_a_known_browser_that_fails_again_and_again_becomes_one_like_any_other(keyfob: Keyfob) -> None:
    add_account(keyfob, "eve")
    counted, passwords = counting(keyfob)
    here = at(counted, "198.51.100.1")
    browsers = [here.browser(), here.browser()]
    assert [attempt(here, "eve", "Password1", browser).status_code for browser in browsers] == [303, 303]
    # six are free for the account, whichever of its browsers sends them; five are the address's
    answers = [attempt(here, "eve", "wrong", browsers[number % 2]).status_code for number in range(15)]
    assert answers == [200] * 11 + [429] * 4
    assert passwords.looked_at + passwords.burnt == 2 + 11
    assert attempt(at(keyfob, "203.0.113.9"), "demouser", "Password1").status_code == 303


def test_h9_a_minute_later_some_may_try_again(keyfob: Keyfob) -> None:
    stuff(keyfob, ["198.51.100.1"] * 6)
    keyfob.clock.forward(120)
    assert stuff(keyfob, ["198.51.100.1"] * 2) == [200, 429]


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    """Passwords cost what they cost."""
    real = ArgonPasswords(ArgonSettings(threads=4), SystemEntropy())
    with running_keyfob(tmp_path_factory.mktemp("working")) as running:
        yield twin(running, replace(running.installation.services, passwords=real))
    real.close()


def form_of(keyfob: Keyfob, user_name: str, password: str) -> tuple[str, str, dict[str, object]]:
    browser = keyfob.browser()
    page = sign_in_page(keyfob, browser)
    (state,) = re.findall(r'name="state" value="([^"]+)"', page.text)
    cookie = "; ".join(f"{name}={text}" for name, text in browser.cookies.items())
    form = {"state": state, "username": user_name, "password": password}
    return "POST", SIGN_IN, {"data": form, "headers": {"cookie": cookie}}


@pytest.mark.slow
def test_h11_of_two_hundred_sign_ins_at_once_most_are_503_and_the_token_endpoint_answers_meanwhile(
    working: Keyfob,
) -> None:
    instance = working.new_instance()
    tokens = working.tokens(instance)
    forms = [form_of(working, f"name-{number}", "wrong") for number in range(200)]
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}

    async def crowd() -> tuple[list[httpx.Response], int, int]:
        signing_in = [
            asyncio.create_task(working._http.request(method, path, **arguments)) for method, path, arguments in forms
        ]
        await asyncio.wait(signing_in, return_when=asyncio.FIRST_COMPLETED)
        headers = basic(instance.client_id, instance.client_secret)
        answer = await working._http.request("POST", TOKEN, data=refresh, headers=headers)
        left = sum(not task.done() for task in signing_in)
        return await asyncio.gather(*signing_in), answer.status_code, left

    answers, refreshed, left = working.run(crowd())
    assert refreshed == 200
    assert left > 0
    busy = [answer for answer in answers if answer.status_code == 503]
    assert len(busy) >= 100
    assert {answer.status_code for answer in answers} == {200, 503}
    for answer in busy:
        assert int(answer.headers["retry-after"]) >= 1
        assert "Too many people are signing in right now." in answer.text


@pytest.mark.slow
def test_h11_a_sign_in_that_nobody_had_time_for_is_no_failure(working: Keyfob) -> None:
    add_account(working, "patient1")
    here = at(working, "198.51.100.1")
    crowd = [form_of(working, f"other-{number}", "wrong") for number in range(100)]
    own = [form_of(here, "patient1", "Password1") for _ in range(8)]
    answers = working.together(
        crowd + [(m, p, a | {"extensions": {"remote_address": "198.51.100.1"}}) for m, p, a in own]
    )
    assert {answer.status_code for answer in answers[100:]} <= {303, 503}
    assert 503 in {answer.status_code for answer in answers[100:]}
    for _ in range(9):
        attempt(here, "patient1")
    assert attempt(here, "patient1", "Password1").status_code == 303


def test_h11_a_password_has_at_most_256_characters_and_a_megabyte_is_not_even_read(keyfob: Keyfob) -> None:
    longest = "é" * MAX_CHARACTERS
    add_account(keyfob, "longwind", longest)
    assert attempt(keyfob, "longwind", longest).status_code == 303
    before = value(keyfob.database, "select count(*) from sessions")
    for typed in (longest + "x", longest[:-1], longest * 10):
        assert attempt(keyfob, "longwind", typed).status_code == 200
    browser = keyfob.browser()
    page = sign_in_page(keyfob, browser)
    assert browser.sign_in(page, "longwind", "x" * 1_000_000).status_code == 413
    assert value(keyfob.database, "select count(*) from sessions") == before
