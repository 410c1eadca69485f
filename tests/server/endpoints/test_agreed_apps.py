"""Apps you agreed to, as a person uses it: by the page's own forms."""

import re
from collections.abc import Iterator

import pytest

from keyfob_server.endpoints.agreed_apps import PAGE
from keyfob_server.rules.acts import Act
from support_admin import add_account
from support_app import BASE, Browser, Instance, Keyfob, Pkce, answer_of, path_of, running_keyfob
from support_authorize import static_client
from support_consents import APPS, QUESTION, agreed, allowed, asks, at_the_apps, withdrawal
from support_devices import DEVICES, remove
from support_sql import change, rows, set_status, value

YEAR = 365 * 86400
HERE = "select count(*) from consents where client_id = ?"


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("agreed")) as running:
        yield running


def asking(keyfob: Keyfob, name: str = "App", device: str = "") -> Instance:
    return keyfob.new_instance(
        requires_consent=True, scope="openid profile email", client_name=name, instance_name=device
    )


def web_app(keyfob: Keyfob) -> Instance:
    """A static client that asks everybody."""
    return static_client(keyfob, "shared", requires_consent=True)


def withdraw(browser: Browser, app: Instance) -> str:
    """What the page says afterwards."""
    done = browser.post(APPS, withdrawal(browser.get(APPS), app.client_id))
    assert done.headers["location"] == f"{BASE}{APPS}?done=withdrawn"
    return browser.get(path_of(done.headers["location"])).text


def test_whoever_comes_without_a_session_signs_in_and_is_back_at_this_page(keyfob: Keyfob) -> None:
    page = at_the_apps(keyfob).get(APPS)
    assert page.status_code == 200
    assert "<h1>Apps you agreed to</h1>" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_the_page_of_devices_leads_here_and_back(keyfob: Keyfob) -> None:
    browser = at_the_apps(keyfob)
    assert f'href="{APPS}">Apps you agreed to</a>' in browser.get(DEVICES).text
    assert f'href="{DEVICES}">Your devices</a>' in browser.get(APPS).text


def test_an_app_is_listed_with_its_device_what_it_may_and_since_when(fresh: Keyfob) -> None:
    app = asking(fresh, "Harbour Bank", "Anna's phone")
    allowed(fresh, app)
    fresh.clock.forward(86400)
    web = web_app(fresh)
    allowed(fresh, web, scope="openid")
    shown = agreed(at_the_apps(fresh).get(APPS))
    assert list(shown) == [web.client_id, app.client_id]
    assert shown[app.client_id].startswith(
        "Harbour Bank Anna&#39;s phone Recognise you when you come back See your name Agreed Yesterday Until"
    )
    assert "Agreed Today" in shown[web.client_id]
    assert "See your name" not in shown[web.client_id]


def test_a_scope_is_said_in_the_operator_s_words(fresh: Keyfob) -> None:
    app = asking(fresh)
    allowed(fresh, app)
    stored = fresh.installation.store.stored_settings
    assert fresh.run(stored.put("scopes", '{"profile": "See <b>who</b>"}', seen="", act=Act(by="a test")))
    assert "See &lt;b&gt;who&lt;/b&gt;" in agreed(at_the_apps(fresh).get(APPS))[app.client_id]


def test_an_app_that_never_had_to_ask_is_not_listed(fresh: Keyfob) -> None:
    fresh.tokens(fresh.new_instance())
    page = at_the_apps(fresh).get(APPS)
    assert agreed(page) == {}
    assert "You agreed to nothing that is remembered" in page.text


def test_a_withdrawn_app_asks_again_and_what_it_had_is_dead(fresh: Keyfob) -> None:
    app = asking(fresh)
    phone = allowed(fresh, app)
    tokens = fresh.tokens(app, phone)
    assert not asks(fresh, phone, app)
    told = withdraw(at_the_apps(fresh), app)
    assert "Withdrawn. That app is signed out of your account" in told
    refused = fresh.refresh(app, tokens.refresh_token)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert fresh.userinfo(tokens.access_token).status_code == 401
    assert asks(fresh, phone, app)
    assert agreed(at_the_apps(fresh).get(APPS)) == {}


def test_the_app_itself_lives_and_is_used_again_after_a_new_yes(fresh: Keyfob) -> None:
    app = asking(fresh)
    phone = allowed(fresh, app)
    withdraw(at_the_apps(fresh), app)
    question = fresh.authorize(phone, Pkce(), client_id=app.client_id)
    assert QUESTION in question.text
    assert "code" in answer_of(phone.submit(question, allow="1"))
    assert fresh.refresh(app, fresh.tokens(app, phone).refresh_token).status_code == 200


def test_a_withdrawal_ends_nothing_of_another_person_s_at_the_same_app(fresh: Keyfob) -> None:
    add_account(fresh, "somebody-else")
    web = web_app(fresh)
    mine = allowed(fresh, web)
    other = fresh.browser()
    question = other.sign_in(fresh.authorize(other, Pkce(), client_id=web.client_id), "somebody-else")
    assert "code" in answer_of(other.submit(question, allow="1"))
    withdraw(at_the_apps(fresh), web)
    assert value(fresh.database, HERE, web.client_id) == 1
    assert asks(fresh, mine, web)
    answer = fresh.authorize(other, Pkce(), client_id=web.client_id)
    assert "code" in answer_of(answer)


def test_the_audit_keeps_who_withdrew_what_and_from_where(fresh: Keyfob) -> None:
    app = asking(fresh)
    allowed(fresh, app)
    withdraw(at_the_apps(fresh), app)
    text = """select subject_kind, subject_id, actor, reason, before, after from audit
        where event = 'account.consent_withdrawn' and origin <> ''"""
    what = f"{app.client_id}: openid profile"
    assert rows(fresh.database, text) == [("account", "demouser", "owner", "withdrawn on the page of apps", what, "")]


def test_a_second_withdrawal_of_the_same_says_so_and_leaves_no_row(fresh: Keyfob) -> None:
    app = asking(fresh)
    allowed(fresh, app)
    browser = at_the_apps(fresh)
    form = withdrawal(browser.get(APPS), app.client_id)
    assert browser.post(APPS, form).status_code == 303
    again = browser.post(APPS, form)
    assert again.status_code == 404
    assert "There was nothing to withdraw." in again.text
    assert value(fresh.database, "select count(*) from audit where event = 'account.consent_withdrawn'") == 1


@pytest.mark.parametrize("ended", ["instance", "template", "password", "time"])
def test_what_does_not_stand_any_more_is_not_listed(fresh: Keyfob, ended: str) -> None:
    app = asking(fresh)
    allowed(fresh, app)
    assert list(agreed(at_the_apps(fresh).get(APPS))) == [app.client_id]
    if ended == "instance":
        set_status(fresh.database, app.client_id, "inactive")
    elif ended == "template":
        text = "update dynamically_registered_clients set instance_of_client = 'gone', generation = generation + 1"
        assert change(fresh.database, text) == 1
    elif ended == "password":
        hashed = fresh.run(fresh.installation.services.passwords.hash("Password1"))
        assert fresh.run(fresh.installation.store.set_password("demouser", password_hash=hashed))
    else:
        fresh.clock.forward(YEAR)
    assert agreed(at_the_apps(fresh).get(APPS)) == {}


def test_a_device_that_is_removed_is_gone_from_here_too(fresh: Keyfob) -> None:
    app = asking(fresh)
    allowed(fresh, app)
    browser = at_the_apps(fresh)
    assert remove(browser, app.client_id).status_code == 303
    assert agreed(browser.get(APPS)) == {}


def test_more_apps_than_a_page_holds_are_on_the_next(fresh: Keyfob) -> None:
    web = web_app(fresh)
    allowed(fresh, web)
    for table, key in (("clients", "client_id"), ("consents", "client_id")):
        names = [str(row[1]) for row in rows(fresh.database, f"pragma table_info({table})") if row[1] != key]
        columns = ", ".join(names)
        copy = f"insert into {table} ({key}, {columns}) select ?, {columns} from {table} where {key} = ?"  # noqa: S608 - names of ours
        for number in range(PAGE + 1):
            assert change(fresh.database, copy, f"app-{number:03}", web.client_id) == 1
    browser = at_the_apps(fresh)
    page = browser.get(APPS)
    more = re.search(r'href="(/devices/apps\?after=[^"]+)">More apps', page.text)
    assert more
    rest = browser.get(more[1])
    assert (len(agreed(page)), len(agreed(rest))) == (PAGE, 2)
    assert not agreed(page).keys() & agreed(rest).keys()
    assert f'href="{APPS}">First apps' in rest.text
