"""The page of devices against other sites, other people and guesses."""

import re
from collections.abc import Iterator

import httpx
import pytest

from support_admin import add_account
from support_app import (
    REDIRECT,
    REGISTRATION_CLIENT,
    Browser,
    Instance,
    Keyfob,
    Pkce,
    answer_of,
    running_keyfob,
)
from support_attempts import at
from support_devices import DEVICES, PASSWORD, cards, form_for, remove, signed_in, status_of
from support_sql import records

OTHER_SITES = ({"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"})
OTHER = "somebody-else"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    """With a second person."""
    with running_keyfob(tmp_path_factory.mktemp("devices")) as running:
        add_account(running, OTHER)
        yield running


@pytest.fixture
def instance(house: Keyfob) -> Iterator[Instance]:
    """Removed afterwards, so that nobody reaches the number of devices that they may have."""
    made = house.new_instance(instance_name="Anna's phone")
    yield made
    house.request("DELETE", str(made.document["registration_client_uri"]), headers=_management(made))


def _management(instance: Instance) -> dict[str, str]:
    return {"authorization": f"Bearer {instance.document['registration_access_token']}"}


def said(page: httpx.Response) -> str:
    """The page without the state, which is another each time."""
    return re.sub(r'name="state" value="[^"]+"', "", page.text)


def owned_by_other(house: Keyfob, browser: Browser) -> Instance:
    """Registered by the second person, who is signed in in this browser."""
    pkce = Pkce()
    page = house.authorize(browser, pkce, client_id=REGISTRATION_CLIENT, scope="dcr", nonce="", prompt="login")
    code = answer_of(browser.sign_in(page, OTHER))["code"]
    form = {"grant_type": "authorization_code", "client_id": REGISTRATION_CLIENT, "code": code}
    token = house.token(form | {"redirect_uri": REDIRECT, "code_verifier": pkce.verifier}).json()["access_token"]
    document = house.register(token).json()
    return Instance(document["client_id"], document["client_secret"], document)


def refused(answer: httpx.Response) -> None:
    assert (answer.status_code, "location" in answer.headers) == (403, False)
    assert "This page is out of date" in answer.text


def removal(browser: Browser, instance: Instance) -> dict[str, str]:
    """The whole form that removes the device, as the person would send it."""
    asked = browser.post(DEVICES, form_for(browser.get(DEVICES), "remove", instance.client_id))
    return form_for(asked, "remove", instance.client_id) | {"password": PASSWORD}


@pytest.mark.parametrize("headers", OTHER_SITES, ids=str)
def test_h1_a_removal_that_another_site_posts_is_refused(
    house: Keyfob, instance: Instance, headers: dict[str, str]
) -> None:
    browser = signed_in(house)
    refused(browser.post(DEVICES, removal(browser, instance), **headers))
    assert status_of(house, instance) == "active"


def test_h1_a_removal_with_no_state_or_that_of_another_browser_is_refused(house: Keyfob, instance: Instance) -> None:
    browser, other = signed_in(house), signed_in(house)
    good = removal(browser, instance)
    for state in ("", "x", removal(other, instance)["state"]):
        refused(browser.post(DEVICES, good | {"state": state}))
    refused(browser.post(DEVICES, {name: value for name, value in good.items() if name != "state"}))
    assert status_of(house, instance) == "active"


def test_h1_a_state_from_before_another_sign_in_is_out_of_date(house: Keyfob, instance: Instance) -> None:
    browser = signed_in(house)
    form = removal(browser, instance)
    house.initial_token(browser)
    answer = browser.post(DEVICES, form)
    assert answer.status_code == 400
    assert "This page is out of date" in answer.text
    assert status_of(house, instance) == "active"


def test_h1_nobody_is_led_into_anothers_session_by_a_foreign_answer(house: Keyfob) -> None:
    attacker, victim = house.browser(), house.browser()
    asked = attacker.get(DEVICES).headers["location"]
    page = attacker.get(asked.partition("8443")[2])
    answer = attacker.sign_in(page, OTHER).headers["location"].partition("8443")[2]
    refused(victim.get(answer))
    assert victim.get(DEVICES).status_code == 303


@pytest.mark.parametrize("do", ["rename", "remove"])
def test_g1_another_persons_device_answers_as_one_that_is_not_there(house: Keyfob, instance: Instance, do: str) -> None:
    browser = house.browser()
    own = owned_by_other(house, browser)
    state = form_for(browser.get(DEVICES), do, own.client_id)["state"]
    before = records(house.database)
    answers = [
        browser.post(
            DEVICES, {"state": state, "do": do, "device": device, "name": "Mine", "password": PASSWORD, "confirm": "1"}
        )
        for device in (instance.client_id, "0190-no-such-device")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert said(answers[0]) == said(answers[1])
    assert records(house.database) == before


def test_j11_the_page_tells_nothing_of_other_peoples_devices(house: Keyfob, instance: Instance) -> None:
    page = signed_in(house, OTHER).get(DEVICES)
    assert instance.client_id not in cards(page)
    assert "Anna" not in page.text
    assert "demouser" not in page.text


def test_h6_a_right_password_after_many_wrong_ones_has_to_wait(house: Keyfob, instance: Instance) -> None:
    browser = signed_in(at(house, "198.51.100.66"))
    browser.cookies = {name: value for name, value in browser.cookies.items() if not name.endswith("device")}
    answers = [remove(browser, instance.client_id, f"Wrong{number}") for number in range(10)]
    assert {answer.status_code for answer in answers} == {200}
    late = remove(browser, instance.client_id)
    assert "That password is not right, or it was tried too often" in late.text
    assert status_of(house, instance) == "active"
    house.clock.forward(1)
    assert remove(browser, instance.client_id).status_code == 303


def test_h20_a_new_password_ends_every_session_at_the_next_request(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_keyfob(tmp_path_factory.mktemp("h20")) as keyfob:
        browsers = [signed_in(keyfob), signed_in(keyfob)]
        assert [browser.get(DEVICES).status_code for browser in browsers] == [200, 200]
        hashed = keyfob.run(keyfob.installation.services.passwords.hash("Password2"))
        assert keyfob.run(keyfob.installation.store.set_password("demouser", password_hash=hashed))
        assert [browser.get(DEVICES).status_code for browser in browsers] == [303, 303]


def test_h20_a_disabled_account_has_no_session_left(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_keyfob(tmp_path_factory.mktemp("h20")) as keyfob:
        instance = keyfob.new_instance()
        browsers = [signed_in(keyfob), signed_in(keyfob)]
        forms = [removal(browser, instance) for browser in browsers]
        assert keyfob.run(keyfob.installation.store.set_account_status("demouser", "inactive"))
        assert [browser.post(DEVICES, form).status_code for browser, form in zip(browsers, forms, strict=True)] == [
            400
        ] * 2
        assert keyfob.run(keyfob.installation.store.set_account_status("demouser", "active"))
        assert [browser.get(DEVICES).status_code for browser in browsers] == [303, 303]
        assert status_of(keyfob, instance) == "active"
