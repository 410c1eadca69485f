"""Who the person is decides what a request gets: silence, hints, and other people's instances."""

import base64
import json
import logging
from urllib.parse import urlencode

import pytest

from support_app import REGISTRATION_CLIENT, Browser, Instance, Keyfob, Pkce, Tokens, answer_of, form_state
from support_authorize import SIGN_IN_PAGE, elements, error_of, field_values, links, page, signed_in, stored

OTHER = "admin"
"""Another person of the demo, with a password of the same text."""


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture(scope="module")
def tokens(keyfob: Keyfob, instance: Instance) -> Tokens:
    return keyfob.tokens(instance)


@pytest.fixture(scope="module")
def owner(keyfob: Keyfob, instance: Instance) -> Browser:
    return signed_in(keyfob, instance)


@pytest.fixture(scope="module")
def stranger(keyfob: Keyfob) -> Browser:
    """A browser in which the other person is signed in: registering an app of their own signed them in."""
    browser, pkce = keyfob.browser(), Pkce()
    asked = keyfob.authorize(browser, pkce, client_id=REGISTRATION_CLIENT, scope="dcr", nonce="", prompt="login")
    assert "code" in answer_of(browser.sign_in(asked, user_name=OTHER))
    return browser


def test_a20_without_a_session_a_silent_request_is_login_required(keyfob: Keyfob, instance: Instance) -> None:
    before = stored(keyfob)
    answer = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, prompt="none")
    assert error_of(answer) == "login_required"
    assert answer.text == ""
    assert stored(keyfob) == before


@pytest.mark.parametrize("changes", [{"max_age": "299"}, {"login_hint": OTHER}, {"login_hint": "x" * 256}])
def test_a20_a_session_that_does_not_satisfy_is_login_required(
    keyfob: Keyfob, instance: Instance, changes: dict[str, str]
) -> None:
    browser = signed_in(keyfob, instance)
    keyfob.clock.forward(300)
    answer = keyfob.authorize(browser, Pkce(), client_id=instance.client_id, prompt="none", **changes)
    assert error_of(answer) == "login_required"


def test_a20_with_agreement_needed_a_silent_request_is_consent_required(keyfob: Keyfob) -> None:
    asking = keyfob.new_instance(requires_consent=True)
    browser, pkce = keyfob.browser(), Pkce()
    asked = browser.sign_in(keyfob.authorize(browser, pkce, client_id=asking.client_id))
    assert asked.status_code == 200
    assert error_of(keyfob.authorize(browser, pkce, client_id=asking.client_id, prompt="none")) == "consent_required"
    assert "code" in answer_of(browser.submit(asked, allow="1"))


@pytest.mark.parametrize("scope", ["dcr", "dcr openid", "openid dcr"])
def test_a20_a_device_is_never_registered_silently(keyfob: Keyfob, owner: Browser, scope: str) -> None:
    for browser in (keyfob.browser(), owner):
        answer = keyfob.authorize(browser, Pkce(), client_id=REGISTRATION_CLIENT, scope=scope, prompt="none")
        assert error_of(answer) == "interaction_required"


@pytest.mark.parametrize("prompt", ["none login", "login none", "none consent", "none none login", "silent", "NONE"])
def test_a20_none_goes_with_nothing_else(keyfob: Keyfob, instance: Instance, owner: Browser, prompt: str) -> None:
    assert error_of(keyfob.authorize(owner, Pkce(), client_id=instance.client_id, prompt=prompt)) == "invalid_request"


def unsigned(claims: dict[str, object], alg: str) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": alg, "typ": "JWT"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def claims_of(token: str) -> dict[str, object]:
    payload = token.split(".")[1]
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def bad_hints(keyfob: Keyfob, tokens: Tokens) -> dict[str, str]:
    claims, sign = claims_of(tokens.id_token), keyfob.installation.services.signer.sign
    head, body, signature = tokens.id_token.split(".")
    return {
        "alg none": f"{unsigned(claims, 'none')}.",
        "alg nOnE": f"{unsigned(claims, 'nOnE')}.",
        "alg none with a signature": f"{unsigned(claims, 'none')}.{signature}",
        "no signature": f"{head}.{body}.",
        "another payload": ".".join((head, unsigned(claims | {"sub": OTHER}, "RS256").split(".")[1], signature)),
        "another issuer": sign("RS256", claims | {"iss": "https://evil.example"}),
        "another client": sign("RS256", claims | {"aud": REGISTRATION_CLIENT}),
        "several clients": sign("RS256", claims | {"aud": [claims["aud"], "other"]}),
        "an access token": tokens.access_token,
        "a refresh token": tokens.refresh_token,
        "markup": '"><script>alert(1)</script>',
        "dots": "..",
    }


def test_a22_a_hint_that_is_no_id_token_of_this_client_is_invalid_request(
    keyfob: Keyfob, instance: Instance, owner: Browser, tokens: Tokens
) -> None:
    before = stored(keyfob)
    for name, hint in bad_hints(keyfob, tokens).items():
        for browser in (keyfob.browser(), owner):
            answer = keyfob.authorize(browser, Pkce(), client_id=instance.client_id, id_token_hint=hint)
            assert error_of(answer) == "invalid_request", name
    assert stored(keyfob) == before


def test_a22_a_good_hint_signs_nobody_in(keyfob: Keyfob, instance: Instance, tokens: Tokens) -> None:
    request = {"client_id": instance.client_id, "id_token_hint": tokens.id_token}
    answer = keyfob.authorize(keyfob.browser(), Pkce(), **request)
    assert page(answer)[:3] == SIGN_IN_PAGE
    assert error_of(keyfob.authorize(keyfob.browser(), Pkce(), **request, prompt="none")) == "login_required"


def test_a22_a_hint_at_somebody_else_gets_neither_of_them_a_code(
    keyfob: Keyfob, instance: Instance, owner: Browser, tokens: Tokens
) -> None:
    sign = keyfob.installation.services.signer.sign
    hint = sign("RS256", claims_of(tokens.id_token) | {"sub": OTHER})
    request = {"client_id": instance.client_id, "id_token_hint": hint}
    assert error_of(keyfob.authorize(owner, Pkce(), **request, prompt="none")) == "login_required"
    asked = keyfob.authorize(owner, Pkce(), **request)
    assert page(asked)[:3] == SIGN_IN_PAGE
    browser = keyfob.browser()
    assert answer_of(browser.sign_in(keyfob.authorize(browser, Pkce(), **request)))["error"] == "login_required"


@pytest.mark.parametrize(
    "hint", ['"><script>alert(1)</script>', "' autofocus onfocus=alert(1)", "{{7*7}}", "a\r\nX: y"]
)
@pytest.mark.parametrize("parameter", ["login_hint", "ui_locales", "acr_values", "unknown"])
def test_a22_a_hint_reaches_the_page_as_text_alone(
    keyfob: Keyfob, instance: Instance, parameter: str, hint: str
) -> None:
    plain = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, **{parameter: "anna"})
    answer = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, **{parameter: hint})
    assert page(answer)[:3] == page(plain)[:3] == SIGN_IN_PAGE
    assert elements(answer) == elements(plain)
    assert links(answer) == links(plain)
    assert field_values(answer)["username"] == (hint if parameter == "login_hint" else "")


def test_a22_a_login_hint_does_not_choose_who_signs_in(keyfob: Keyfob, instance: Instance, owner: Browser) -> None:
    answer = keyfob.authorize(owner, Pkce(), client_id=instance.client_id, login_hint=OTHER)
    code = answer_of(answer)["code"]
    assert code
    browser, pkce = keyfob.browser(), Pkce()
    asked = keyfob.authorize(browser, pkce, client_id=instance.client_id, login_hint=OTHER)
    redeemed = keyfob.redeem(instance, answer_of(browser.sign_in(asked))["code"], pkce)
    assert keyfob.userinfo(redeemed.json()["access_token"]).json()["sub"] == "demouser"


def test_a24_in_somebody_elses_browser_an_instance_asks_for_its_own_account(
    keyfob: Keyfob, instance: Instance, stranger: Browser
) -> None:
    before = stored(keyfob)
    answer = keyfob.authorize(stranger, Pkce(), client_id=instance.client_id)
    assert page(answer)[:3] == SIGN_IN_PAGE
    assert "registered on this device for another account" in answer.text
    assert stored(keyfob) == before


@pytest.mark.parametrize("prompt", ["none", "login", "select_account", "consent", "login consent", ""])
def test_a24_anybody_but_the_owner_gets_access_denied(
    keyfob: Keyfob, instance: Instance, stranger: Browser, prompt: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "keyfob.events")
    answer = keyfob.authorize(stranger, Pkce(), client_id=instance.client_id, prompt=prompt)
    if prompt != "none":
        answer = stranger.sign_in(answer, user_name=OTHER)
    denied = answer_of(answer)
    assert denied["error"] == "access_denied"
    assert "code" not in denied
    facts = [vars(record)["facts"] for record in caplog.records if record.getMessage() == "authorize.refused"]
    assert [(fact["error"], fact["reason"], fact["client_id"]) for fact in facts] == [
        ("access_denied", "not the owner", instance.client_id)
    ]


def test_a24_a_confirmation_page_of_the_owner_serves_nobody_else(keyfob: Keyfob, stranger: Browser) -> None:
    asking = keyfob.new_instance(requires_consent=True)
    browser = keyfob.browser()
    asked = browser.sign_in(keyfob.authorize(browser, Pkce(), client_id=asking.client_id))
    answer = stranger.submit(asked, allow="1")
    assert (answer.status_code, answer.headers.get("location")) == (403, None)


def test_a24_somebody_else_cannot_agree_in_the_owners_place(keyfob: Keyfob, stranger: Browser) -> None:
    asking = keyfob.new_instance(requires_consent=True)
    asked = keyfob.authorize(stranger, Pkce(), client_id=asking.client_id)
    assert page(asked)[:3] == SIGN_IN_PAGE
    answer = stranger.post("/authn/authentication/confirm", {"state": form_state(asked), "allow": "1"})
    assert (answer.status_code, answer.headers.get("location")) == (403, None)
    assert urlencode({"client_id": asking.client_id}) not in answer.text
