"""My devices, as a person uses it: by the page's own forms."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from keyfob_server.endpoints.devices import PAGE
from support_app import AUTHORIZE, BASE, Keyfob, path_of, running_keyfob
from support_devices import DEVICES, PASSWORD, SIGNED_IN, add_copies, cards, form_for, remove, signed_in, status_of
from support_sql import change, rows


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("devices")) as running:
        yield running


def test_whoever_is_not_signed_in_goes_to_the_sign_in_and_comes_back(keyfob: Keyfob) -> None:
    browser = keyfob.browser()
    first = browser.get(DEVICES)
    asked = urlsplit(first.headers["location"])
    parameters = dict(parse_qsl(asked.query))
    assert asked.path == AUTHORIZE
    assert parameters["client_id"] == "keyfob-devices"
    assert parameters["redirect_uri"] == f"{BASE}{SIGNED_IN}"
    assert parameters["code_challenge_method"] == "S256"
    page = signed_in(keyfob, browser=browser).get(DEVICES)
    assert page.status_code == 200
    assert "<h1>Your devices</h1>" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_device_is_listed_with_its_app_name_platform_and_dates(fresh: Keyfob) -> None:
    browser = fresh.browser()
    instance = fresh.new_instance(
        browser, client_name="Harbour Bank", instance_name="Anna's phone", instance_platform="android"
    )
    unused = fresh.new_instance(client_name="Tide Table")
    fresh.tokens(instance, browser)
    shown = cards(browser.get(DEVICES))
    assert list(shown) == [unused.client_id, instance.client_id]
    used, text = shown[instance.client_id], shown[unused.client_id]
    assert used.startswith(
        "Anna&#39;s phone This browser Harbour Bank , android Added Today First used Today Last used"
    )
    assert text.startswith("Tide Table Added Today Last used Never")
    assert "This browser" not in text


def test_a_template_that_is_off_or_a_suspended_device_says_so(fresh: Keyfob) -> None:
    browser, instance = fresh.browser(), fresh.new_instance()
    change(fresh.database, "update dynamically_registered_clients set status = 'inactive'")
    assert (
        "Switched off by an administrator" in cards(signed_in(fresh, browser=browser).get(DEVICES))[instance.client_id]
    )


def test_a_device_gets_another_name_which_the_app_reads_and_the_audit_keeps(keyfob: Keyfob) -> None:
    instance = keyfob.new_instance(instance_name="Old", client_name="App")
    browser = signed_in(keyfob)
    form = form_for(browser.get(DEVICES), "rename", instance.client_id)
    done = browser.post(DEVICES, form | {"name": "  My\t phone \U0001f469\u200d\U0001f680 "})
    assert done.headers["location"] == f"{BASE}{DEVICES}?done=renamed"
    page = browser.get(path_of(done.headers["location"]))
    assert "The new name is saved." in page.text
    assert cards(page)[instance.client_id].startswith("My phone \U0001f469\u200d\U0001f680 App")
    management = {"authorization": f"Bearer {instance.document['registration_access_token']}"}
    read = keyfob.request("GET", path_of(str(instance.document["registration_client_uri"])), headers=management)
    assert read.json()["instance_name"] == "My phone \U0001f469\u200d\U0001f680"
    text = "select actor, before, after from audit where event = 'instance.renamed' and subject_id = ?"
    assert rows(keyfob.database, text, instance.client_id) == [("owner", "Old", "My phone \U0001f469\u200d\U0001f680")]


@pytest.mark.parametrize("name", ["x" * 101, "a\u202eb", "a\x7fb"])
def test_a_name_that_cannot_be_is_refused_beside_its_field(keyfob: Keyfob, name: str) -> None:
    instance = keyfob.new_instance(instance_name="Old")
    browser = signed_in(keyfob)
    form = form_for(browser.get(DEVICES), "rename", instance.client_id)
    answer = browser.post(DEVICES, form | {"name": name})
    assert answer.status_code == 422
    assert "A name has at most" in answer.text or "cannot be shown" in answer.text
    assert cards(browser.get(DEVICES))[instance.client_id].startswith("Old")


def test_a_removed_device_is_revoked_and_its_app_is_told(keyfob: Keyfob) -> None:
    instance = keyfob.new_instance(client_name="Gone App")
    tokens = keyfob.tokens(instance)
    browser = signed_in(keyfob)
    done = remove(browser, instance.client_id)
    assert done.headers["location"] == f"{BASE}{DEVICES}?done=removed"
    refused = keyfob.refresh(instance, tokens.refresh_token)
    assert (refused.status_code, refused.json()["client_status"]) == (400, "revoked")
    page = browser.get(path_of(done.headers["location"]))
    assert "Removed. The app there can no longer use your account" in page.text
    assert cards(page)["Gone App Removed"].endswith("Removed Today")
    text = "select actor, before, after from audit where event = 'instance.revoked' and subject_id = ?"
    assert rows(keyfob.database, text, instance.client_id) == [("owner", "active", "revoked")]


def test_a_wrong_password_and_none_remove_nothing(keyfob: Keyfob) -> None:
    instance, browser = keyfob.new_instance(), signed_in(keyfob)
    wrong = remove(browser, instance.client_id, "Password2")
    assert wrong.status_code == 200
    assert "That password is not right" in wrong.text
    none = remove(browser, instance.client_id, "")
    assert "Type your password." in none.text
    assert status_of(keyfob, instance) == "active"
    assert remove(browser, instance.client_id).status_code == 303
    assert status_of(keyfob, instance) == "revoked"


def test_all_others_are_removed_and_what_is_used_here_stays(fresh: Keyfob) -> None:
    browser = fresh.browser()
    here = fresh.new_instance(browser)
    fresh.tokens(here, browser)
    others = [fresh.new_instance() for _ in range(2)]
    asked = browser.post(DEVICES, form_for(browser.get(DEVICES), "remove_others"))
    assert "What was used from this browser stays" in asked.text
    done = browser.post(DEVICES, form_for(asked, "remove_others") | {"password": PASSWORD})
    assert done.status_code == 303
    assert [status_of(fresh, one) for one in (here, *others)] == ["active", "revoked", "revoked"]
    assert browser.get(DEVICES).status_code == 200


def test_removing_a_device_ends_the_sign_in_of_its_browser(keyfob: Keyfob) -> None:
    phone = keyfob.browser()
    instance = keyfob.new_instance(phone)
    keyfob.tokens(instance, phone)
    assert phone.get(DEVICES).status_code == 200
    assert remove(signed_in(keyfob), instance.client_id).status_code == 303
    assert phone.get(DEVICES).status_code == 303


def test_a_removed_device_is_shown_for_thirty_days(fresh: Keyfob) -> None:
    instance = fresh.new_instance(client_name="Gone App")
    assert remove(signed_in(fresh), instance.client_id).status_code == 303
    fresh.clock.forward(30 * 86400 - 60)
    assert list(cards(signed_in(fresh).get(DEVICES))) == ["Gone App Removed"]
    fresh.clock.forward(120)
    assert cards(signed_in(fresh).get(DEVICES)) == {}


def test_more_devices_than_a_page_holds_are_on_the_next(fresh: Keyfob) -> None:
    add_copies(fresh, fresh.new_instance(), PAGE + 1)
    browser = signed_in(fresh)
    page = browser.get(DEVICES)
    older = re.search(r'href="(/devices\?before=[^"]+)"', page.text)
    assert older
    rest = browser.get(older[1])
    assert (len(cards(page)), len(cards(rest))) == (PAGE, 2)
    assert not cards(page).keys() & cards(rest).keys()
    assert 'href="/devices">Newest devices' in rest.text


def test_a_person_who_cancels_is_not_signed_in_and_can_begin_again(keyfob: Keyfob) -> None:
    browser = keyfob.browser()
    page = browser.get(path_of(browser.get(DEVICES).headers["location"]))
    back = browser.submit(page, cancel="1")
    told = browser.get(path_of(back.headers["location"]))
    assert told.status_code == 403
    assert '<a class="button" href="/devices">Sign in</a>' in told.text


def test_the_code_of_the_page_is_redeemed_by_nobody(keyfob: Keyfob) -> None:
    browser = keyfob.browser()
    page = browser.get(path_of(browser.get(DEVICES).headers["location"]))
    code = dict(parse_qsl(urlsplit(browser.sign_in(page).headers["location"]).query))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{BASE}{SIGNED_IN}"}
    answer = keyfob.token(form | {"client_id": "keyfob-devices", "code_verifier": "a" * 43})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
