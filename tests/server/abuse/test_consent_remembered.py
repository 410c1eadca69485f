"""Consent is remembered for one person, app, scope and address: anything else asks again."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.demo.data import demo_policy
from keyfob_server.rules.acts import Act
from support_app import BASE, REDIRECT, Instance, Keyfob, Pkce, running_keyfob
from support_authorize import error_of, static_client
from support_consents import QUESTION, allowed, asked, asks
from support_sql import change, rows, set_status, value

SECOND: Final = "io.curity.dcrclient:/second"
LOOPBACK: Final = "http://127.0.0.1/callback"
YEAR: Final = 365 * 86400
COUNT: Final = "select count(*) from consents"


@pytest.fixture
def asking(keyfob: Keyfob) -> Instance:
    """Each test has an app of its own that requires consent."""
    return keyfob.new_instance(
        requires_consent=True, scope="openid profile email", redirect_uris=[REDIRECT, SECOND, LOOPBACK]
    )


def test_a24_what_was_allowed_is_not_asked_again(keyfob: Keyfob, asking: Instance) -> None:
    browser = allowed(keyfob, asking)
    assert not asks(keyfob, browser, asking)
    assert not asks(keyfob, browser, asking, scope="openid")
    assert not asks(keyfob, browser, asking, prompt="none")
    assert not asks(keyfob, browser, asking, prompt="login")
    assert not asks(keyfob, keyfob.browser(), asking)


def test_a24_a_wider_scope_asks_again_and_is_refused_silently(keyfob: Keyfob, asking: Instance) -> None:
    browser = allowed(keyfob, asking)
    wider = "openid profile email"
    silent = keyfob.authorize(browser, Pkce(), client_id=asking.client_id, scope=wider, prompt="none")
    assert error_of(silent) == "consent_required"
    assert asks(keyfob, browser, asking, scope=wider)
    assert not asks(keyfob, browser, asking)


def test_a24_another_redirect_uri_asks_again(keyfob: Keyfob, asking: Instance) -> None:
    browser = allowed(keyfob, asking)
    assert asks(keyfob, browser, asking, redirect_uri=SECOND)


def test_a24_another_loopback_port_is_the_same_address(keyfob: Keyfob, asking: Instance) -> None:
    browser = allowed(keyfob, asking, redirect_uri="http://127.0.0.1:4711/callback")
    assert not asks(keyfob, browser, asking, redirect_uri="http://127.0.0.1:4712/callback")
    assert asks(keyfob, browser, asking, redirect_uri=REDIRECT)


def test_a24_prompt_consent_asks_again_each_time(keyfob: Keyfob, asking: Instance) -> None:
    browser = allowed(keyfob, asking)
    for _ in range(2):
        assert asks(keyfob, browser, asking, prompt="consent")


def test_a24_another_apps_consent_counts_for_nothing(keyfob: Keyfob, asking: Instance) -> None:
    browser = allowed(keyfob, asking)
    other = keyfob.new_instance(requires_consent=True, client_name="Another")
    assert asks(keyfob, browser, other)


def test_a24_another_persons_consent_counts_for_nothing(keyfob: Keyfob) -> None:
    shared = static_client(keyfob, "shared")
    store = keyfob.installation.store
    client = keyfob.run(store.load(client_id=ClientId("shared"))).client
    assert client is not None
    careful = replace(client, metadata=replace(client.metadata, requires_consent=True))
    keyfob.run(store.put_static_client(careful, now=keyfob.clock.now))
    assert not asks(keyfob, allowed(keyfob, shared), shared)
    browser = keyfob.browser()
    asked_other = browser.sign_in(keyfob.authorize(browser, Pkce(), client_id="shared"), user_name="admin")
    assert QUESTION in asked_other.text


@pytest.mark.parametrize("answer", [{"cancel": "1"}, {"switch": "1"}, {}])
def test_a24_only_the_button_that_allows_is_remembered(
    keyfob: Keyfob, asking: Instance, answer: dict[str, str]
) -> None:
    browser = keyfob.browser()
    before = value(keyfob.database, COUNT)
    browser.submit(asked(keyfob, browser, asking), **answer)
    assert value(keyfob.database, COUNT) == before
    assert asks(keyfob, browser, asking)


def test_a24_an_app_that_was_switched_off_and_on_again_asks_again(keyfob: Keyfob, asking: Instance) -> None:
    browser = allowed(keyfob, asking)
    set_status(keyfob.database, asking.client_id, "inactive")
    set_status(keyfob.database, asking.client_id, "active")
    assert asks(keyfob, browser, asking)


def test_a24_an_account_that_was_changed_asks_again(keyfob: Keyfob, asking: Instance) -> None:
    allowed(keyfob, asking)
    keyfob.run(keyfob.installation.store.set_account_status("demouser", "active", act=Act("test")))
    assert asks(keyfob, keyfob.browser(), asking)


def test_a24_a_consent_ends_after_its_lifetime(keyfob: Keyfob, asking: Instance) -> None:
    allowed(keyfob, asking)
    keyfob.clock.forward(YEAR - 1)
    assert not asks(keyfob, keyfob.browser(), asking)
    keyfob.clock.forward(1)
    assert asks(keyfob, keyfob.browser(), asking)


def test_a24_what_is_stored_is_a_hash_of_the_address_and_no_secret(keyfob: Keyfob, asking: Instance) -> None:
    allowed(keyfob, asking)
    ((scope, stored, created, expires),) = rows(
        keyfob.database,
        "select scope, redirect_hash, created, expires from consents where client_id = ?",
        asking.client_id,
    )
    assert (scope, created, expires) == ("openid profile", keyfob.clock.now, keyfob.clock.now + YEAR)
    assert REDIRECT not in str(stored)


def test_a24_an_app_that_never_asks_leaves_no_consent(keyfob: Keyfob) -> None:
    before = value(keyfob.database, COUNT)
    keyfob.tokens(keyfob.new_instance())
    assert value(keyfob.database, COUNT) == before


def test_a24_a_changed_row_widens_nothing_that_the_registration_does_not_hold(keyfob: Keyfob, asking: Instance) -> None:
    browser = allowed(keyfob, asking)
    text = "update consents set scope = 'openid profile email phone' where client_id = ?"
    assert change(keyfob.database, text, asking.client_id) == 1
    answer = keyfob.authorize(browser, Pkce(), client_id=asking.client_id, scope="openid phone")
    assert error_of(answer) == "invalid_scope"


@pytest.fixture(scope="module")
def forgetful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    """A server that remembers no consent."""
    policy = replace(demo_policy(BASE), consent_lifetime_s=0)
    with running_keyfob(tmp_path_factory.mktemp("forgetful"), policy=policy) as running:
        yield running


def test_a24_with_a_lifetime_of_0_every_sign_in_asks(forgetful: Keyfob) -> None:
    app = forgetful.new_instance(requires_consent=True)
    browser = allowed(forgetful, app)
    assert asks(forgetful, browser, app)
    assert value(forgetful.database, COUNT) == 0


def test_the_question_says_a_scope_in_the_operator_s_words(keyfob: Keyfob, asking: Instance) -> None:
    stored = keyfob.installation.store.stored_settings
    act = Act(by="a test")
    assert keyfob.run(stored.put("scopes", '{"email": "Write to <b>you</b>"}', seen="", act=act))
    try:
        question = asked(keyfob, keyfob.browser(), asking, scope="openid email")
        assert "Write to &lt;b&gt;you&lt;/b&gt;" in question.text
        assert "See your email address" not in question.text
        assert keyfob.run(stored.put("scopes", "{", seen='{"email": "Write to <b>you</b>"}', act=act))
        assert asked(keyfob, keyfob.browser(), asking, scope="openid email").status_code == 503
    finally:
        assert keyfob.run(stored.put("scopes", "", seen=keyfob.run(stored.get("scopes")), act=act))
