"""The answer as a form that the browser posts (OAuth 2.0 Form Post Response Mode)."""

import html
import re
from collections.abc import Mapping
from typing import Final

import httpx
import pytest

from keyfob_server.web.pages.assets import assets
from support_app import REDIRECT, REGISTRATION_CLIENT, Browser, Instance, Keyfob, Pkce, answer_of, form_action
from support_authorize import error_of

WEB: Final = "https://app.example:8443/callback?from=keyfob"
LOOPBACK: Final = "http://127.0.0.1:4711/callback"
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
SCRIPT: Final = re.compile(r'<script src="([^"]+)"></script>')


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance(redirect_uris=[REDIRECT, WEB, "http://127.0.0.1/callback"])


@pytest.fixture(scope="module")
def owner(keyfob: Keyfob, instance: Instance) -> Browser:
    browser = keyfob.browser()
    keyfob.code_for(instance, browser, Pkce())
    return browser


def asked(
    keyfob: Keyfob, browser: Browser, instance: Instance, pkce: Pkce | None = None, /, **changes: str
) -> httpx.Response:
    request = {"client_id": instance.client_id, "redirect_uri": WEB, "response_mode": "form_post"} | changes
    return keyfob.authorize(browser, pkce or Pkce(), **request)


def fields_of(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the page's one form."""
    return {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}


def posted(answer: httpx.Response, redirect_uri: str = WEB) -> Mapping[str, str]:
    """What the page's form brings to the app, on a page that nobody may keep, frame or add to."""
    assert (answer.status_code, form_action(answer)) == (200, redirect_uri)
    assert answer.text.count("<form") == 1
    assert SCRIPT.findall(answer.text) == [assets()["form_post.js"].path]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"
    origin = "/".join(redirect_uri.split("/")[:3])
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"form-action {origin}; base-uri 'none'; frame-ancestors 'none'"
    )
    return fields_of(answer)


@pytest.mark.parametrize("redirect_uri", [WEB, LOOPBACK])
def test_the_code_comes_in_a_form_with_everything_that_a_redirect_would_bring(
    keyfob: Keyfob, instance: Instance, owner: Browser, redirect_uri: str
) -> None:
    pkce = Pkce()
    answer = asked(keyfob, owner, instance, pkce, redirect_uri=redirect_uri, state='"><script>alert(1)</script>é')
    fields = posted(answer, redirect_uri)
    assert fields.keys() == {"code", "state", "iss"}
    assert fields["state"] == '"><script>alert(1)</script>é'
    assert fields["iss"] == keyfob.issuer
    tokens = keyfob.redeem(instance, fields["code"], pkce, redirect_uri=redirect_uri)
    assert tokens.status_code == 200
    assert fields["code"] not in str(answer.headers)


def test_the_form_comes_after_the_password_with_the_sessions_cookie(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    answer = browser.sign_in(asked(keyfob, browser, instance))
    assert "code" in posted(answer)
    assert "keyfob-session" in browser.cookies


def test_the_form_comes_after_the_button_that_allows(keyfob: Keyfob, instance: Instance, owner: Browser) -> None:
    question = asked(keyfob, owner, instance, prompt="consent")
    assert posted(owner.submit(question, allow="1")).keys() == {"code", "state", "iss"}
    question = asked(keyfob, owner, instance, prompt="consent")
    assert posted(owner.submit(question, cancel="1"))["error"] == "access_denied"


@pytest.mark.parametrize(
    ("error", "change"),
    [
        ("invalid_request", {"code_challenge": ""}),
        ("invalid_scope", {"scope": "admin"}),
        ("unsupported_response_type", {"response_type": "token"}),
        ("login_required", {"prompt": "none", "max_age": "0"}),
        ("request_not_supported", {"request": "e30.e30."}),
    ],
)
def test_an_error_comes_in_a_form_too(
    keyfob: Keyfob, instance: Instance, owner: Browser, error: str, change: dict[str, str]
) -> None:
    fields = posted(asked(keyfob, owner, instance, **change))
    assert (fields["error"], fields["state"], fields["iss"]) == (error, "state-1", keyfob.issuer)
    assert "code" not in fields


def test_before_sign_in_an_instances_own_address_gets_a_button_that_nothing_presses(
    keyfob: Keyfob, instance: Instance
) -> None:
    answer = asked(keyfob, keyfob.browser(), instance, prompt="none")
    assert (answer.status_code, form_action(answer)) == (400, WEB)
    assert "<script" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "form-action 'self' https://app.example:8443;" in answer.headers["content-security-policy"]
    assert fields_of(answer)["error"] == "login_required"
    assert "Go back to" in answer.text


def test_a_private_use_scheme_takes_no_form_and_is_told_so_by_its_query(
    keyfob: Keyfob, instance: Instance, owner: Browser
) -> None:
    answer = asked(keyfob, owner, instance, redirect_uri=REDIRECT)
    assert error_of(answer) == "invalid_request"
    assert "form_post" in answer_of(answer)["error_description"]
    registering = keyfob.authorize(
        keyfob.browser(), Pkce(), client_id=REGISTRATION_CLIENT, scope="dcr", response_mode="form_post"
    )
    assert error_of(registering) == "invalid_request"


@pytest.mark.parametrize("mode", ["fragment", "FORM_POST", "form_post ", "query.jwt", "web_message"])
def test_any_other_mode_is_invalid_request_by_query(
    keyfob: Keyfob, instance: Instance, owner: Browser, mode: str
) -> None:
    assert error_of(asked(keyfob, owner, instance, response_mode=mode), WEB.partition("?")[0]) == "invalid_request"


def test_two_modes_are_invalid_request_by_query(instance: Instance, owner: Browser) -> None:
    answer = owner.get(
        f"/oauth/v2/oauth-authorize?client_id={instance.client_id}&redirect_uri={REDIRECT}"
        "&response_mode=form_post&response_mode=query&state=state-1"
    )
    assert error_of(answer) == "invalid_request"


def test_an_unregistered_address_gets_no_form(keyfob: Keyfob, instance: Instance, owner: Browser) -> None:
    answer = asked(keyfob, owner, instance, redirect_uri="https://evil.example/callback")
    assert answer.status_code == 400
    assert "<form" not in answer.text
    assert "evil" not in answer.text
