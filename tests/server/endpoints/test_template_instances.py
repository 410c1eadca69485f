"""Instances of a template over HTTP: what they are told, and that a change of the template is in force at once."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.template_changes import TemplateDefinition
from support_app import REDIRECT, Browser, Keyfob, Pkce, answer_of, basic, running_keyfob
from support_sql import rows, value
from support_templated_app import ask, changed, put, templated
from support_templates import APP, SHARED, TEMPLATE, template

OWN = {"instance_name": "Anna's phone", "instance_platform": "ios", "software_version": "1.2"}
TOO_OLD = "this version of the app is too old; please update"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as keyfob:
        yield keyfob


@pytest.fixture(scope="module")
def browser(running: Keyfob) -> Browser:
    return running.browser()


@pytest.fixture
def keyfob(running: Keyfob) -> Keyfob:
    put(running)
    return running


def decided(**settings: object) -> TemplateDefinition:
    return template(ClientSettings(**settings))  # type: ignore[arg-type] # each case says a right type


def test_a_registration_by_software_id_is_answered_with_all_metadata_and_credentials_of_its_own(
    keyfob: Keyfob, browser: Browser
) -> None:
    first, second = templated(keyfob, browser, **OWN), templated(keyfob, browser)
    document = first.instance.document
    expected = SHARED.document() | OWN
    assert {name: document[name] for name in expected} == expected
    assert document["client_id"] != second.instance.client_id
    assert document["client_secret"] != second.instance.client_secret
    assert len(str(document["client_secret"])) == 43
    assert document["client_secret_expires_at"] == 0


def test_both_registration_addresses_take_a_template(keyfob: Keyfob, browser: Browser) -> None:
    alias = keyfob.installation.settings.policy.paths.registration_alias
    headers = {"authorization": f"Bearer {keyfob.initial_token(browser)}"}
    answer = keyfob.request("POST", alias, json={"software_id": APP}, headers=headers)
    assert (answer.status_code, answer.json()["redirect_uris"]) == (201, [REDIRECT])


def test_the_row_of_an_instance_holds_what_it_says_itself_alone(keyfob: Keyfob, browser: Browser) -> None:
    mine = templated(keyfob, browser, instance_name="Anna's phone")
    text = (
        "select instance_of_client, attributes, scope, redirect_uris, grant_types from dynamically_registered_clients"
    )
    found = rows(keyfob.database, text + " where client_id = ?", mine.instance.client_id)
    assert found == [(APP, '{"instance_name":"Anna\'s phone"}', "", "", "")]


def test_a_change_of_the_template_shows_in_the_registration_of_every_instance(keyfob: Keyfob, browser: Browser) -> None:
    mine, other = templated(keyfob, browser, **OWN), templated(keyfob, browser)
    changed(keyfob, template(names={"client_name": "New Name"}, default_max_age=600))
    for one in (mine, other):
        document = one.read().json()
        assert (document["client_name"], document["default_max_age"]) == ("New Name", 600)
    assert mine.read().json()["instance_name"] == "Anna's phone"


def test_a_change_of_the_template_shows_on_the_sign_in_page_and_in_what_may_be_asked_for(
    keyfob: Keyfob, browser: Browser
) -> None:
    mine = templated(keyfob, browser).instance
    new = "io.curity.dcrclient:/new"
    asked = {"client_id": mine.client_id, "scope": "openid email", "redirect_uri": new}
    assert keyfob.authorize(keyfob.browser(), Pkce(), **asked).status_code == 400
    definition = template(names={"client_name": "New Name"}, scope=("openid", "email"), redirect_uris=(REDIRECT, new))
    changed(keyfob, definition)
    page = keyfob.authorize(keyfob.browser(), Pkce(), **asked)
    assert page.status_code == 200
    assert "New Name" in page.text


def test_a_change_that_gives_more_signs_nobody_out(keyfob: Keyfob, browser: Browser) -> None:
    mine = templated(keyfob, browser).instance
    tokens = keyfob.tokens(mine, browser)
    changed(keyfob, template(scope=("openid", "profile", "email")))
    assert keyfob.userinfo(tokens.access_token).status_code == 200
    refreshed = keyfob.refresh(mine, tokens.refresh_token)
    assert (refreshed.status_code, refreshed.json()["scope"]) == (200, "openid profile")


@pytest.mark.parametrize(
    "narrower",
    [template(scope=("openid",)), template(redirect_uris=("io.curity.dcrclient:/new",))],
    ids=["scope", "redirect URIs"],
)
def test_what_was_issued_under_more_than_the_template_says_now_is_dead(
    keyfob: Keyfob, browser: Browser, narrower: TemplateDefinition
) -> None:
    mine, pkce = templated(keyfob, browser).instance, Pkce()
    tokens, code = keyfob.tokens(mine, browser), keyfob.code_for(mine, browser, pkce)
    changed(keyfob, narrower)
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    for answer in (keyfob.refresh(mine, tokens.refresh_token), keyfob.redeem(mine, code, pkce)):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    changed(keyfob, TEMPLATE)
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    assert keyfob.tokens(mine, browser).refresh_token


def test_lifetimes_are_those_of_the_template_at_the_next_token(keyfob: Keyfob, browser: Browser) -> None:
    mine = templated(keyfob, browser)
    tokens = keyfob.tokens(mine.instance, browser)
    changed(keyfob, decided(access_token_lifetime_s=77, refresh_idle_s=5000, id_token_lifetime_s=99))
    refreshed = keyfob.refresh(mine.instance, tokens.refresh_token).json()
    assert refreshed["expires_in"] == 77
    assert mine.read().json()["refresh_token_ttl"] == 5000
    keyfob.clock.forward(4999)
    assert keyfob.refresh(mine.instance, refreshed["refresh_token"]).status_code == 200
    payload = keyfob.installation.services.signer.verify(keyfob.tokens(mine.instance).id_token)
    assert payload is not None
    assert (int(str(payload["exp"])) - int(str(payload["iat"]))) == 99


@pytest.mark.parametrize("settings", [{"refresh_idle_s": 60}, {"refresh_absolute_s": 60}], ids=str)
def test_a_shorter_life_of_refresh_tokens_holds_for_those_that_are_out(
    keyfob: Keyfob, settings: dict[str, object]
) -> None:
    mine = templated(keyfob).instance
    tokens = keyfob.tokens(mine)
    changed(keyfob, decided(**settings))
    keyfob.clock.forward(61)
    answer = keyfob.refresh(mine, tokens.refresh_token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_template_without_refresh_tokens_gives_none_and_takes_none(keyfob: Keyfob) -> None:
    mine = templated(keyfob).instance
    before = keyfob.tokens(mine)
    changed(keyfob, decided(refresh_tokens=False))
    answer = keyfob.refresh(mine, before.refresh_token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    pkce = Pkce()
    code = keyfob.code_for(mine, keyfob.browser(), pkce)
    assert "refresh_token" not in keyfob.redeem(mine, code, pkce).json()


def test_an_app_that_is_too_old_is_told_to_update_and_goes_on_when_it_has(keyfob: Keyfob) -> None:
    mine = templated(keyfob, None, **OWN)
    tokens, pkce = keyfob.tokens(mine.instance), Pkce()
    code = keyfob.code_for(mine.instance, keyfob.browser(), pkce)
    changed(keyfob, decided(minimum_software_version="1.10"))
    for answer in (keyfob.refresh(mine.instance, tokens.refresh_token), keyfob.redeem(mine.instance, code, pkce)):
        assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
        assert answer.json()["error_description"] == TOO_OLD
    told = answer_of(keyfob.authorize(keyfob.browser(), Pkce(), client_id=mine.instance.client_id))
    assert (told["error"], told["error_description"]) == ("unauthorized_client", TOO_OLD)
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    assert mine.read().status_code == 200
    assert mine.update(software_version="1.10.0").status_code == 200
    assert keyfob.userinfo(tokens.access_token).status_code == 200
    assert keyfob.refresh(mine.instance, tokens.refresh_token).status_code == 200


def test_an_app_that_is_too_old_can_sign_out(keyfob: Keyfob) -> None:
    mine = templated(keyfob, None, **OWN)
    tokens = keyfob.tokens(mine.instance)
    changed(keyfob, decided(minimum_software_version="2"))
    credentials = basic(mine.instance.client_id, mine.instance.client_secret)
    for token in (tokens.access_token, tokens.refresh_token):
        path = keyfob.installation.settings.policy.paths.revoke
        assert keyfob.request("POST", path, data={"token": token}, headers=credentials).status_code == 200
    assert mine.update(software_version="2").status_code == 200
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    assert keyfob.refresh(mine.instance, tokens.refresh_token).status_code == 400


def test_an_app_that_is_too_old_is_not_registered(keyfob: Keyfob, browser: Browser) -> None:
    changed(keyfob, decided(minimum_software_version="1.10"))
    token = keyfob.initial_token(browser)
    answer = ask(keyfob, token, software_version="1.9.9")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert answer.json()["error_description"] == f"software_version: {TOO_OLD}"
    assert ask(keyfob, token, software_version="1.10").status_code == 201


def test_another_person_signs_in_through_an_instance_when_the_template_allows_it(keyfob: Keyfob) -> None:
    mine, admin = templated(keyfob).instance, keyfob.browser()
    page = keyfob.authorize(admin, Pkce(), client_id=mine.client_id)
    assert answer_of(admin.sign_in(page, "admin"))["error"] == "access_denied"
    changed(keyfob, decided(any_user=True))
    visitor = keyfob.browser()
    page = keyfob.authorize(visitor, Pkce(), client_id=mine.client_id)
    assert "code" in answer_of(visitor.sign_in(page, "admin"))


def test_an_instance_overrides_what_the_template_leaves_to_it_and_no_longer(keyfob: Keyfob, browser: Browser) -> None:
    changed(keyfob, decided(overridable=("client_name", "scope")))
    mine = templated(keyfob, browser, client_name="Mine", scope="openid")
    document = mine.read().json()
    assert (document["client_name"], document["scope"]) == ("Mine", "openid")
    asked = {"client_id": mine.instance.client_id, "scope": "profile"}
    assert answer_of(keyfob.authorize(browser, Pkce(), **asked))["error"] == "invalid_scope"
    changed(keyfob, TEMPLATE)
    document = mine.read().json()
    assert (document["client_name"], document["scope"]) == ("The App", "openid profile")
    assert "code" in answer_of(keyfob.authorize(browser, Pkce(), **asked))


def test_a_deleted_instance_is_told_so_at_the_redirect_uris_of_its_last_day(keyfob: Keyfob, browser: Browser) -> None:
    mine = templated(keyfob, browser)
    assert mine.delete().status_code == 204
    changed(keyfob, replace(TEMPLATE, metadata=replace(SHARED, redirect_uris=("io.curity.dcrclient:/new",))))
    told = answer_of(keyfob.authorize(keyfob.browser(), Pkce(), client_id=mine.instance.client_id))
    assert (told["error"], told["client_status"]) == ("unauthorized_client", "deleted")
    text = "select attributes from dynamically_registered_clients where client_id = ?"
    assert REDIRECT in str(value(keyfob.database, text, mine.instance.client_id))


@pytest.mark.parametrize(("overridable", "status"), [((), 303), (("redirect_uris",), 400)])
def test_an_error_travels_before_sign_in_to_an_https_uri_that_the_template_alone_lists(
    keyfob: Keyfob, browser: Browser, overridable: tuple[str, ...], status: int
) -> None:
    web = "https://app.example/cb"
    put(keyfob, template(ClientSettings(overridable=overridable), redirect_uris=(web,)))
    app = templated(keyfob, browser).instance
    answer = keyfob.authorize(keyfob.browser(), Pkce(), client_id=app.client_id, redirect_uri=web, prompt="none")
    assert answer.status_code == status
    if status == 303:
        assert answer_of(answer)["error"] == "login_required"
