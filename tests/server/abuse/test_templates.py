"""What nobody obtains by naming a template, and what a template that is off stops."""

from collections.abc import Callable

import httpx
import pytest

from keyfob_server.rules.client_settings import ClientSettings
from support_app import REDIRECT, REGISTRATION_CLIENT, Browser, Keyfob, Pkce, Tokens, answer_of, basic
from support_management import Managed
from support_sql import change, records, rows, set_status
from support_templated_app import ask, changed, disable, put, templated
from support_templates import APP, template

MEMBERS: dict[str, object] = {
    "redirect_uris": ["https://evil.example/cb"],
    "post_logout_redirect_uris": ["https://evil.example/out"],
    "scope": "openid",
    "grant_types": ["authorization_code"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "none",
    "client_name": "Another App",
    "client_name#de": "Andere App",
    "logo_uri": "https://evil.example/logo.png",
    "requires_consent": False,
    "access_token_ttl": 999999,
    "jwks_uri": "https://evil.example/jwks",
    "software_statement": "x.y.z",
}


@pytest.fixture(scope="module")
def browser(keyfob: Keyfob) -> Browser:
    return keyfob.browser()


@pytest.fixture(autouse=True)
def _as_it_was(keyfob: Keyfob) -> None:
    put(keyfob)


def test_f9_a_member_that_the_template_decides_refuses_the_registration_and_the_token_stays_good(
    keyfob: Keyfob, browser: Browser
) -> None:
    token = keyfob.initial_token(browser)
    before = records(keyfob.database)
    for name, value in MEMBERS.items():
        answer = ask(keyfob, token, **{name: value})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata"), name
        assert name in answer.json()["error_description"]
    assert records(keyfob.database) == before
    assert ask(keyfob, token).status_code == 201


@pytest.mark.parametrize(
    "software_id", ["no-such-template", REGISTRATION_CLIENT, APP.upper(), f"{APP} ", "' or '1'='1"]
)
def test_f9_a_software_id_that_names_no_template_makes_no_instance(
    keyfob: Keyfob, browser: Browser, software_id: str
) -> None:
    before = records(keyfob.database)["dynamically_registered_clients"]
    answer = ask(keyfob, keyfob.initial_token(browser), software_id=software_id)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert "no template" in answer.json()["error_description"]
    assert records(keyfob.database)["dynamically_registered_clients"] == before


def test_f9_the_id_of_an_instance_is_no_template(keyfob: Keyfob, browser: Browser) -> None:
    other = templated(keyfob, browser).instance.client_id
    assert ask(keyfob, keyfob.initial_token(browser), software_id=other).status_code == 400


def test_f9_a_template_that_is_off_takes_no_registration(keyfob: Keyfob, browser: Browser) -> None:
    disable(keyfob)
    answer = ask(keyfob, keyfob.initial_token(browser))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert "takes no registrations" in answer.json()["error_description"]


def test_f9_a_template_is_no_client(keyfob: Keyfob) -> None:
    page = keyfob.authorize(keyfob.browser(), Pkce(), client_id=APP)
    assert (page.status_code, "location" in page.headers) == (400, False)
    form = {"grant_type": "authorization_code", "code": "x", "redirect_uri": REDIRECT, "client_id": APP}
    for headers in ({}, basic(APP, "x")):
        answer = keyfob.token(form, headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_f9_a_plain_registration_does_not_become_a_template_s_by_an_update(keyfob: Keyfob, browser: Browser) -> None:
    plain = keyfob.new_instance(browser)
    mine = Managed(keyfob, plain, str(plain.document["registration_access_token"]))
    assert mine.update(software_id=APP).status_code == 200
    text = "select instance_of_client from dynamically_registered_clients where client_id = ?"
    assert rows(keyfob.database, text, plain.client_id) == [(None,)]
    disable(keyfob)
    assert keyfob.tokens(plain, browser).access_token


def row(keyfob: Keyfob, mine: Managed) -> tuple[object, ...]:
    text = """select instance_of_client, account_id, authenticated_user, status, generation, attributes, client_secret,
        initial_client from dynamically_registered_clients where client_id = ?"""
    return rows(keyfob.database, text, mine.instance.client_id)[0]


@pytest.mark.parametrize("name", [name for name in MEMBERS if name not in {"response_types", "requires_consent"}])
def test_g8_an_update_of_what_the_template_decides_is_refused_and_changes_nothing(
    keyfob: Keyfob, browser: Browser, name: str
) -> None:
    mine = templated(keyfob, browser, instance_name="Anna's phone")
    before = row(keyfob, mine)
    answer = mine.update(None, instance_name="x", **{name: MEMBERS[name]})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert name in answer.json()["error_description"]
    assert row(keyfob, mine) == before
    assert mine.read().json()["instance_name"] == "Anna's phone"


@pytest.mark.parametrize("software_id", ["another-template", REGISTRATION_CLIENT, ""])
def test_g8_an_update_that_names_another_template_is_refused(
    keyfob: Keyfob, browser: Browser, software_id: str
) -> None:
    mine = templated(keyfob, browser)
    before = row(keyfob, mine)
    answer = mine.update(software_id=software_id)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert "software_id" in answer.json()["error_description"]
    assert row(keyfob, mine) == before


def test_g8_no_update_changes_owner_status_or_template_by_any_name(keyfob: Keyfob, browser: Browser) -> None:
    mine = templated(keyfob, browser)
    before = row(keyfob, mine)
    names = ("template", "instance_of_client", "owner", "account_id", "authenticated_user", "sub", "status", "settings")
    answer = mine.update(None, **dict.fromkeys(names, "admin"))
    assert answer.status_code == 200
    assert not set(names) & answer.json().keys()
    assert row(keyfob, mine) == before


def test_g8_an_update_that_repeats_the_answer_pins_nothing_of_the_template(keyfob: Keyfob, browser: Browser) -> None:
    changed(keyfob, template(ClientSettings(overridable=("client_name", "contacts", "refresh_token_ttl"))))
    mine = templated(keyfob, browser, instance_name="Anna's phone")
    assert mine.update(instance_name="Anna's tablet").status_code == 200
    assert row(keyfob, mine)[5] == '{"instance_name":"Anna\'s tablet"}'


def test_g8_an_update_may_change_what_the_template_leaves_to_it(keyfob: Keyfob, browser: Browser) -> None:
    changed(keyfob, template(ClientSettings(overridable=("client_name",))))
    mine = templated(keyfob, browser)
    document = mine.update(client_name="Mine").json()
    assert (document["client_name"], document["software_id"]) == ("Mine", APP)
    token = str(document["registration_access_token"])
    assert mine.update(token, client_name=None).json()["client_name"] == "The App"


def test_g8_an_update_of_an_instance_whose_template_is_off_is_refused(keyfob: Keyfob, browser: Browser) -> None:
    mine = templated(keyfob, browser)
    before = row(keyfob, mine)
    disable(keyfob)
    for answer in (mine.read(), mine.update(instance_name="x"), mine.rotate_secret()):
        assert (answer.status_code, answer.json()["client_status"]) == (401, "inactive")
    assert row(keyfob, mine) == before
    assert mine.delete().status_code == 204


def by_hand(text: str) -> Callable[[Keyfob, Managed], None]:
    """Another program changes a row of the database file, as another node would."""

    def kill(keyfob: Keyfob, _mine: Managed) -> None:
        assert change(keyfob.database, text, APP) == 1

    return kill


def _instance(keyfob: Keyfob, mine: Managed) -> None:
    set_status(keyfob.database, mine.instance.client_id, "inactive")


KILLS: dict[str, Callable[[Keyfob, Managed], None]] = {
    "the operator": lambda keyfob, _: disable(keyfob),
    "its status by hand": by_hand("update client_templates set status = 'inactive' where template_id = ?"),
    "an unknown status by hand": by_hand("update client_templates set status = 'Active' where template_id = ?"),
    "no row any more": by_hand("delete from client_templates where template_id = ?"),
    "the instance by hand": _instance,
}


def uses(keyfob: Keyfob, mine: Managed, tokens: Tokens, code: str, pkce: Pkce) -> dict[str, httpx.Response]:
    instance = mine.instance
    credentials = basic(instance.client_id, instance.client_secret)
    introspect = keyfob.installation.settings.policy.paths.introspect
    return {
        "userinfo": keyfob.userinfo(tokens.access_token),
        "introspection": keyfob.request("POST", introspect, data={"token": tokens.access_token}, headers=credentials),
        "refresh": keyfob.refresh(instance, tokens.refresh_token),
        "code": keyfob.redeem(instance, code, pkce),
        "authorize": keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id),
        "read": mine.read(),
    }


@pytest.mark.parametrize("kill", KILLS)
def test_m11_no_endpoint_serves_what_another_program_has_switched_off(
    keyfob: Keyfob, browser: Browser, kill: str
) -> None:
    mine, pkce = templated(keyfob, browser), Pkce()
    tokens, code = keyfob.tokens(mine.instance, browser), keyfob.code_for(mine.instance, browser, pkce)
    # whatever might be kept was just used
    assert uses(keyfob, mine, tokens, "x", pkce)["userinfo"].status_code == 200
    tokens = keyfob.tokens(mine.instance, browser)
    KILLS[kill](keyfob, mine)
    dead = uses(keyfob, mine, tokens, code, pkce)
    assert dead["userinfo"].status_code == 401
    assert dead["introspection"].json() == {"active": False}
    assert (dead["refresh"].status_code, dead["refresh"].json()["error"]) == (400, "invalid_grant")
    assert (dead["code"].status_code, dead["code"].json()["error"]) == (401, "invalid_client")
    assert dead["read"].status_code == 401
    assert [dead[name].json()["client_status"] for name in ("refresh", "code", "read")] == ["inactive"] * 3
    if kill == "no row any more":
        # with it went the redirect URIs: nothing is redirected anywhere
        assert dead["authorize"].status_code == 400
    else:
        told = answer_of(dead["authorize"])
        assert (told["error"], told["client_status"]) == ("unauthorized_client", "inactive")


def test_m11_a_template_that_is_on_again_serves_its_instances_and_nothing_from_before(
    keyfob: Keyfob, browser: Browser
) -> None:
    mine, pkce = templated(keyfob, browser), Pkce()
    tokens, code = keyfob.tokens(mine.instance, browser), keyfob.code_for(mine.instance, browser, pkce)
    disable(keyfob)
    put(keyfob)
    old = uses(keyfob, mine, tokens, code, pkce)
    assert old["userinfo"].status_code == 401
    assert [old[name].json()["error"] for name in ("refresh", "code")] == ["invalid_grant"] * 2
    assert keyfob.userinfo(keyfob.tokens(mine.instance, browser).access_token).status_code == 200
    assert mine.read().status_code == 200


def test_m11_a_template_that_is_off_touches_no_other_instance(keyfob: Keyfob, browser: Browser) -> None:
    plain = keyfob.new_instance(browser)
    tokens = keyfob.tokens(plain, browser)
    disable(keyfob)
    assert keyfob.userinfo(tokens.access_token).status_code == 200
    assert keyfob.refresh(plain, tokens.refresh_token).status_code == 200
