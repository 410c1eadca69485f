"""An instance that belongs to nobody: who signs in through it first is asked, and owns it from then on."""

from collections.abc import Iterator

import httpx
import pytest

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.new_initial_token import NewInitialToken
from keyfob_server.rules.records import ACTIVE, Account
from support_app import Browser, Instance, Keyfob, Pkce, answer_of, form_action, form_state, running_keyfob
from support_initial_tokens import client_token, issued, post, registered
from support_management import Managed
from support_sql import rows, value


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        running.run(_add_ben(running.installation.store, running))
        yield running


async def _add_ben(store: Store, keyfob: Keyfob) -> None:
    ben = Account(AccountId("ben-id"), "ben", ACTIVE, 1, keyfob.clock(), name="Ben Example")
    hashed = await keyfob.installation.services.passwords.hash("Password2")
    assert await store.add_account(ben, password_hash=hashed)


@pytest.fixture
def instance(keyfob: Keyfob) -> Instance:
    return registered(post(keyfob, client_token(keyfob)))


def asked(keyfob: Keyfob, instance: Instance, browser: Browser, pkce: Pkce, **changes: str) -> httpx.Response:
    return keyfob.authorize(browser, pkce, client_id=instance.client_id, **changes)


def signed_in(keyfob: Keyfob, instance: Instance, user_name: str = "demouser") -> tuple[Browser, Pkce, httpx.Response]:
    """The page that a person sees after the password."""
    browser, pkce = keyfob.browser(), Pkce()
    password = "Password2" if user_name == "ben" else "Password1"
    return browser, pkce, browser.sign_in(asked(keyfob, instance, browser, pkce), user_name, password)


def owner(keyfob: Keyfob, instance: Instance) -> tuple[object, ...]:
    text = "select account_id, authenticated_user from dynamically_registered_clients where client_id = ?"
    return rows(keyfob.database, text, instance.client_id)[0]


def test_the_first_person_is_shown_app_redirect_and_account_and_owns_the_instance_after_the_click(
    keyfob: Keyfob, instance: Instance
) -> None:
    browser, pkce, page = signed_in(keyfob, instance)
    assert page.status_code == 200
    for shown in ("Is this app yours?", "Demo User", "io.curity.dcrclient"):
        assert shown in page.text
    assert owner(keyfob, instance) == ("", "")
    code = answer_of(browser.submit(page, allow="1"))["code"]
    assert owner(keyfob, instance)[1] == "demouser"
    assert keyfob.redeem(instance, code, pkce).status_code == 200
    assert "code" in answer_of(asked(keyfob, instance, browser, Pkce()))


def test_one_who_is_signed_in_already_is_asked_all_the_same(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    keyfob.tokens(keyfob.new_instance(browser), browser)
    page = asked(keyfob, instance, browser, Pkce())
    assert "Is this app yours?" in page.text
    assert owner(keyfob, instance) == ("", "")


def test_a_silent_request_is_consent_required(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    keyfob.tokens(keyfob.new_instance(browser), browser)
    answer = answer_of(asked(keyfob, instance, browser, Pkce(), prompt="none"))
    assert answer["error"] == "consent_required"
    assert owner(keyfob, instance) == ("", "")


def test_whoever_says_no_does_not_own_it(keyfob: Keyfob, instance: Instance) -> None:
    browser, _, page = signed_in(keyfob, instance)
    assert answer_of(browser.submit(page, cancel="1"))["error"] == "access_denied"
    assert owner(keyfob, instance) == ("", "")


def test_of_two_people_who_say_yes_the_first_wins_and_the_other_gets_access_denied(
    keyfob: Keyfob, instance: Instance
) -> None:
    anna, _, hers = signed_in(keyfob, instance)
    ben, pkce, his = signed_in(keyfob, instance, "ben")
    code = answer_of(ben.submit(his, allow="1"))["code"]
    assert answer_of(anna.submit(hers, allow="1"))["error"] == "access_denied"
    assert owner(keyfob, instance) == ("ben-id", "ben")
    assert keyfob.redeem(instance, code, pkce).status_code == 200


def test_of_two_people_at_the_same_instant_one_wins_and_one_gets_access_denied(
    keyfob: Keyfob, instance: Instance
) -> None:
    requests: list[tuple[str, str, dict[str, object]]] = []
    for name in ("demouser", "ben"):
        browser, _, page = signed_in(keyfob, instance, name)
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        form = {"state": form_state(page), "allow": "1"}
        requests.append(("POST", form_action(page), {"data": form, "headers": {"cookie": cookie}}))
    answers = [answer_of(answer) for answer in keyfob.together(requests)]
    assert sorted("code" in answer for answer in answers) == [False, True]
    assert sorted(answer.get("error", "") for answer in answers) == ["", "access_denied"]
    assert owner(keyfob, instance)[1] == ("demouser" if "code" in answers[0] else "ben")


def test_a_button_that_is_pressed_twice_at_once_is_no_second_person(keyfob: Keyfob, instance: Instance) -> None:
    browser, _, page = signed_in(keyfob, instance)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    form = {"state": form_state(page), "allow": "1"}
    press: tuple[str, str, dict[str, object]] = (
        "POST",
        form_action(page),
        {"data": form, "headers": {"cookie": cookie}},
    )
    assert all("code" in answer_of(answer) for answer in keyfob.together([press] * 2))
    assert owner(keyfob, instance)[1] == "demouser"


def test_a_claim_is_in_the_audit(keyfob: Keyfob, instance: Instance) -> None:
    browser, _, page = signed_in(keyfob, instance)
    browser.submit(page, allow="1")
    text = "select event, actor, after from audit where subject_kind = 'instance' and subject_id = ?"
    assert rows(keyfob.database, text, instance.client_id) == [("instance.claimed", "owner", "demouser")]


def test_a_suspended_instance_is_claimed_by_nobody(keyfob: Keyfob, instance: Instance) -> None:
    client = keyfob.run(keyfob.installation.store.load(client_id=ClientId(instance.client_id))).client
    person = keyfob.run(keyfob.installation.store.find_sign_in("demouser")).account
    assert client is not None
    assert person is not None
    claim = keyfob.installation.store.initial_tokens.claim_instance
    assert not keyfob.run(claim(client.client_id, person, generation=client.generation + 1))
    assert value(keyfob.database, "select count(*) from audit where subject_id = ?", instance.client_id) == 0


def test_instances_of_one_printed_token_go_to_whoever_uses_each(keyfob: Keyfob) -> None:
    token = issued(keyfob, NewInitialToken(uses=2)).token
    one, other = registered(post(keyfob, token)), registered(post(keyfob, token))
    for instance, name in ((one, "demouser"), (other, "ben")):
        browser, _, page = signed_in(keyfob, instance, name)
        assert "code" in answer_of(browser.submit(page, allow="1"))
        assert owner(keyfob, instance)[1] == name


def test_an_app_manages_its_registration_before_anybody_owns_it(keyfob: Keyfob, instance: Instance) -> None:
    held = Managed(keyfob, instance, str(instance.document["registration_access_token"]))
    assert held.read().json()["client_id"] == instance.client_id
    updated = held.update(client_name="Before anybody")
    assert updated.json()["client_name"] == "Before anybody"
    renewed = updated.json()["registration_access_token"]
    assert held.rotate_secret(renewed).status_code == 200
    assert held.delete(renewed).status_code == 204
