"""Templates, as an operator sees them, takes them back to a version, and switches them off and on."""

from dataclasses import replace

import httpx
import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.templates import TemplateApplied, apply_template
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.template_changes import TemplateDefinition
from support_admin import AdminBrowser, an_administrator
from support_app import REDIRECT, Keyfob
from support_sql import rows
from support_templates import tools_of

METADATA = ClientMetadata(
    redirect_uris=(REDIRECT,),
    scope=("openid", "profile"),
    application_type="native",
    names={"client_name": "Shop"},
)
NUMBERS = iter(range(1000))


@pytest.fixture
def browser(keyfob: Keyfob) -> AdminBrowser:
    return an_administrator(keyfob)


def put(keyfob: Keyfob, template_id: str, metadata: ClientMetadata = METADATA) -> None:
    definition = TemplateDefinition(ClientId(template_id), metadata)
    done = keyfob.run(apply_template(tools_of(keyfob.installation.store), definition, act=Act("a test", "a try")))
    assert isinstance(done, TemplateApplied), done


@pytest.fixture
def template(keyfob: Keyfob) -> str:
    """Of two versions: the second one has a scope less and another name."""
    template_id = f"shop/{next(NUMBERS)}?x=1&y"
    put(keyfob, template_id)
    put(keyfob, template_id, replace(METADATA, scope=("openid",), names={"client_name": "Shop 2"}))
    return template_id


def change(browser: AdminBrowser, act: str, template: str, reason: str = "a try", **more: str) -> httpx.Response:
    page = browser.get(f"/admin/template-changes?{httpx.QueryParams({'act': act, 'id': template, **more})}")
    return page if page.status_code != 200 else browser.submit(page, reason=reason)


def show(browser: AdminBrowser, template: str) -> str:
    page = browser.get(f"/admin/template?{httpx.QueryParams({'id': template})}")
    assert page.status_code == 200
    return page.text


def status(keyfob: Keyfob, template: str) -> tuple[object, ...]:
    (found,) = rows(keyfob.database, "select status, version from client_templates where template_id = ?", template)
    return found


def test_templates_are_listed_and_one_is_shown_with_its_versions_and_what_each_changed(
    browser: AdminBrowser, template: str
) -> None:
    assert template.replace("&", "&amp;") in browser.get("/admin/templates").text
    text = show(browser, template)
    assert ("Version 2," in text, "Version 1," in text) == (True, True)
    for part in ("Shop 2", "openid profile", REDIRECT, "by <bdi>a test</bdi>"):
        assert part in text


def test_going_back_shows_first_what_it_changes_and_makes_a_new_version(
    keyfob: Keyfob, browser: AdminBrowser, template: str
) -> None:
    page = browser.get(
        f"/admin/template-changes?{httpx.QueryParams({'act': 'roll_back', 'id': template, 'version': '1'})}"
    )
    assert ("Shop 2" in page.text, "openid profile" in page.text, "must sign in again" in page.text) == (
        True,
        True,
        False,
    )
    done = browser.get(browser.submit(page, reason="a mistake").headers["location"])
    assert "a new version says what the old one said" in done.text
    assert status(keyfob, template) == ("active", 3)
    assert "a mistake" in done.text


def test_going_back_to_less_says_that_people_must_sign_in_again(browser: AdminBrowser, template: str) -> None:
    change(browser, "roll_back", template, version="1")
    page = browser.get(
        f"/admin/template-changes?{httpx.QueryParams({'act': 'roll_back', 'id': template, 'version': '2'})}"
    )
    assert "must sign in again" in page.text


def test_going_back_after_somebody_else_changed_it_changes_nothing(
    keyfob: Keyfob, browser: AdminBrowser, template: str
) -> None:
    page = browser.get(
        f"/admin/template-changes?{httpx.QueryParams({'act': 'roll_back', 'id': template, 'version': '1'})}"
    )
    put(keyfob, template, replace(METADATA, scope=("openid",), names={"client_name": "Shop 3"}))
    assert browser.submit(page, reason="a mistake").status_code == 409
    assert status(keyfob, template) == ("active", 3)


def test_going_back_to_a_way_to_sign_in_that_is_gone_is_refused(
    keyfob: Keyfob, browser: AdminBrowser, template: str
) -> None:
    store, locked = keyfob.installation.store.templates, ClientSettings(allowed_authenticators=("Passkey",))
    put_now = store.put_template(
        ClientId(template), METADATA, locked, seen=2, ends_grants=False, act=Act("a test", "a try")
    )
    assert keyfob.run(put_now) == 3
    put(keyfob, template)
    refused = change(browser, "roll_back", template, version="3")
    assert refused.status_code == 422
    sentence = (
        "allowed_authenticators: Passkey is none of Username-Password, "
        "urn:se:curity:authentication:html-form:Username-Password."
    )
    assert sentence in refused.text
    assert status(keyfob, template) == ("active", 4)


def test_a_template_is_switched_off_and_on_with_a_reason(keyfob: Keyfob, browser: AdminBrowser, template: str) -> None:
    assert change(browser, "disable", template, reason=" ").status_code == 422
    assert change(browser, "disable", template, reason="a bad release").status_code == 303
    assert status(keyfob, template)[0] == "inactive"
    text = show(browser, template)
    assert ("Switched off" in text, "a bad release" in text, "Switch on</a>" in text) == (True, True, True)
    assert change(browser, "enable", template).status_code == 303
    assert status(keyfob, template)[0] == "active"


def test_j8_switching_off_needs_the_password_again(keyfob: Keyfob, template: str) -> None:
    browser = an_administrator(keyfob)
    page = browser.get(f"/admin/template-changes?{httpx.QueryParams({'act': 'disable', 'id': template})}")
    keyfob.clock.forward(301)
    assert browser.submit(page, reason="a try").status_code == 403
    assert status(keyfob, template)[0] == "active"


@pytest.mark.parametrize("query", ["", "id=nobody", "id=%25", "id=' or 1=1"])
def test_what_is_no_template_is_404(browser: AdminBrowser, query: str) -> None:
    assert browser.get(f"/admin/template?{query}").status_code == 404
    assert browser.get(f"/admin/template-changes?act=disable&{query}").status_code == 404


@pytest.mark.parametrize(
    "asked", [{"act": "delete"}, {"act": "roll_back"}, {"act": "roll_back", "version": "99"}, {"act": ""}]
)
def test_what_is_no_act_or_no_version_is_404(browser: AdminBrowser, template: str, asked: dict[str, str]) -> None:
    query = httpx.QueryParams({"id": template} | asked)
    assert browser.get(f"/admin/template-changes?{query}").status_code == 404
