"""The page of the apps that a person agreed to, against other sites, other people and guesses."""

import re
from collections.abc import Iterator

import httpx
import pytest

from support_admin import add_account
from support_app import Browser, Instance, Keyfob, Pkce, answer_of, running_keyfob
from support_authorize import static_client
from support_consents import APPS, allowed, asks, at_the_apps, withdrawal
from support_devices import DEVICES, form_for
from support_sql import records, value

OTHER_SITES = ({"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"})
OTHER = "somebody-else"
HERE = "select count(*) from consents where client_id = ?"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    """With a second person."""
    with running_keyfob(tmp_path_factory.mktemp("agreed")) as running:
        add_account(running, OTHER)
        yield running


@pytest.fixture
def app(house: Keyfob) -> Iterator[Instance]:
    """One that was allowed; removed afterwards, so that nobody reaches the number of devices that they may have."""
    made = house.new_instance(requires_consent=True, client_name="Harbour Bank", instance_name="Anna's phone")
    allowed(house, made)
    yield made
    management = {"authorization": f"Bearer {made.document['registration_access_token']}"}
    house.request("DELETE", str(made.document["registration_client_uri"]), headers=management)


def refused(answer: httpx.Response) -> None:
    assert (answer.status_code, "location" in answer.headers) == (403, False)
    assert "This page is out of date" in answer.text


def form_of(browser: Browser, app: Instance) -> dict[str, str]:
    return withdrawal(browser.get(APPS), app.client_id)


@pytest.mark.parametrize("headers", OTHER_SITES, ids=str)
def test_h1_a_withdrawal_that_another_site_posts_is_refused(
    house: Keyfob, app: Instance, headers: dict[str, str]
) -> None:
    browser = at_the_apps(house)
    refused(browser.post(APPS, form_of(browser, app), **headers))
    assert value(house.database, HERE, app.client_id) == 1


def test_h1_a_withdrawal_with_no_state_or_that_of_another_browser_or_page_is_refused(
    house: Keyfob, app: Instance
) -> None:
    browser, other = at_the_apps(house), at_the_apps(house)
    good = form_of(browser, app)
    of_devices = form_for(browser.get(DEVICES), "remove", app.client_id)["state"]
    for state in ("", "x", form_of(other, app)["state"], of_devices):
        refused(browser.post(APPS, good | {"state": state}))
    refused(browser.post(APPS, {"client": app.client_id}))
    assert value(house.database, HERE, app.client_id) == 1


def test_h1_a_withdrawal_without_a_session_or_of_an_earlier_one_is_out_of_date(house: Keyfob, app: Instance) -> None:
    browser = at_the_apps(house)
    form = form_of(browser, app)
    house.initial_token(browser)
    assert browser.post(APPS, form).status_code == 400
    browser.cookies = {name: value for name, value in browser.cookies.items() if not name.endswith("session")}
    answer = browser.post(APPS, form)
    assert answer.status_code == 400
    assert "This page is out of date" in answer.text
    assert value(house.database, HERE, app.client_id) == 1


def test_g1_another_persons_consent_answers_as_one_that_is_not_there(house: Keyfob, app: Instance) -> None:
    web = static_client(house, "shared", requires_consent=True)
    other = at_the_apps(house, OTHER)
    question = house.authorize(other, Pkce(), client_id=web.client_id)
    assert "code" in answer_of(other.submit(question, allow="1"))
    state = form_of(other, web)["state"]
    before = records(house.database), value(house.database, "select count(*) from audit")
    clients = (app.client_id, "0190-no-such-app", "", "x" * 5000)
    answers = [other.post(APPS, {"state": state, "client": client}) for client in clients]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({re.sub(r'name="state" value="[^"]+"', "", answer.text) for answer in answers}) == 1
    assert (records(house.database), value(house.database, "select count(*) from audit")) == before
    assert not asks(house, house.browser(), app)


def test_j11_the_page_tells_nothing_of_what_others_agreed_to(house: Keyfob, app: Instance) -> None:
    page = at_the_apps(house, OTHER).get(APPS)
    assert app.client_id not in page.text
    assert "Harbour Bank" not in page.text
    assert "demouser" not in page.text
