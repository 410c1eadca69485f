"""What a request carries through to the page, the answer and the ID token: state, nonce, iss, hints, acr_values."""

import base64
import json
import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest

from support_app import (
    AUTHORIZE,
    REDIRECT,
    Browser,
    Instance,
    Keyfob,
    Pkce,
    answer_of,
    authorize_path,
    path_of,
    tokens_of,
)

ACR = "urn:se:curity:authentication:html-form:Username-Password"


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture(scope="module")
def signed_in(keyfob: Keyfob, instance: Instance) -> Browser:
    browser = keyfob.browser()
    keyfob.code_for(instance, browser, Pkce())
    return browser


def claims(keyfob: Keyfob, instance: Instance, browser: Browser, **changes: str) -> dict[str, object]:
    pkce = Pkce()
    answer = answer_of(keyfob.authorize(browser, pkce, client_id=instance.client_id, **changes))
    payload = tokens_of(keyfob.redeem(instance, answer["code"], pkce)).id_token.split(".")[1]
    found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("state", ["s", "a b&c=d#e", "ü ☃ 𝄞", "%41+%2B", "=" * 40, "x" * 2048, '"><script>'])
def test_the_state_comes_back_exactly_by_single_sign_on_after_the_password_and_after_cancel(
    keyfob: Keyfob, instance: Instance, signed_in: Browser, state: str
) -> None:
    answers = [keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, state=state)]
    for person, fields in ((keyfob.browser(), {}), (keyfob.browser(), {"cancel": "1"})):
        page = keyfob.authorize(person, Pkce(), client_id=instance.client_id, state=state)
        answers.append(person.submit(page, username="demouser", password="Password1", **fields))
    for answer in answers:
        assert answer_of(answer)["state"] == state
        assert answer.headers["location"].isascii()
    assert ["code" in answer_of(answer) for answer in answers] == [True, True, False]


def test_without_a_state_none_comes_back(keyfob: Keyfob, instance: Instance, signed_in: Browser) -> None:
    answer = keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, state="")
    assert set(answer_of(answer)) == {"code", "iss"}


def test_every_answer_names_the_issuer_of_the_metadata(keyfob: Keyfob, instance: Instance, signed_in: Browser) -> None:
    metadata = keyfob.request("GET", f"{path_of(keyfob.issuer)}/.well-known/openid-configuration").json()
    assert metadata["authorization_response_iss_parameter_supported"] is True
    for changes in ({}, {"response_type": "token"}, {"scope": "admin"}):
        answer = answer_of(keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, **changes))
        assert answer["iss"] == metadata["issuer"] == keyfob.issuer


@pytest.mark.parametrize("nonce", ["n-1", "x" * 512, '"\\ {}&=#+%41'])
def test_the_nonce_comes_back_exactly_in_the_id_token(
    keyfob: Keyfob, instance: Instance, signed_in: Browser, nonce: str
) -> None:
    assert claims(keyfob, instance, signed_in, nonce=nonce)["nonce"] == nonce


def test_without_a_nonce_the_id_token_has_none(keyfob: Keyfob, instance: Instance, signed_in: Browser) -> None:
    assert "nonce" not in claims(keyfob, instance, signed_in, nonce="")


@pytest.mark.parametrize(
    ("name", "value"), [("state", "x" * 2049), ("nonce", "x" * 513), ("nonce", "ü"), ("nonce", "a\nb")]
)
def test_a_state_or_nonce_that_cannot_be_kept_as_it_is_is_invalid_request(
    keyfob: Keyfob, instance: Instance, signed_in: Browser, name: str, value: str
) -> None:
    answer = answer_of(keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, **{name: value}))
    assert (answer["error"], "code" in answer) == ("invalid_request", False)


@pytest.mark.parametrize("asked", ["", ACR, "urn:unknown", f"urn:unknown {ACR}", "0", "phr phrh"])
def test_the_id_token_says_how_the_person_signed_in_whatever_acr_values_asked_for(
    keyfob: Keyfob, instance: Instance, signed_in: Browser, asked: str
) -> None:
    found = claims(keyfob, instance, signed_in, acr_values=asked)
    assert (found["acr"], found["amr"]) == (ACR, ["pwd"])


def test_the_metadata_names_the_one_way_to_sign_in(keyfob: Keyfob) -> None:
    metadata = keyfob.request("GET", f"{path_of(keyfob.issuer)}/.well-known/openid-configuration").json()
    assert metadata["acr_values_supported"] == [ACR]
    assert set(metadata["prompt_values_supported"]) == {"none", "login", "consent", "select_account"}


def field(text: str, name: str) -> str:
    found = re.search(rf'<input[^>]* name="{name}"[^>]*>', text)
    assert found
    return found[0]


def test_a_login_hint_fills_in_the_user_name_and_puts_the_cursor_at_the_password(
    keyfob: Keyfob, instance: Instance
) -> None:
    page = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, login_hint="demouser").text
    assert 'value="demouser"' in field(page, "username")
    assert ("autofocus" in field(page, "password"), "autofocus" in field(page, "username")) == (True, False)


def test_without_a_login_hint_the_cursor_is_at_the_empty_user_name(keyfob: Keyfob, instance: Instance) -> None:
    page = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id).text
    assert ("autofocus" in field(page, "password"), "autofocus" in field(page, "username")) == (False, True)


def test_a_login_hint_at_somebody_else_does_not_end_single_sign_on_and_is_login_required_when_silent(
    keyfob: Keyfob, instance: Instance, signed_in: Browser
) -> None:
    spoken = keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, login_hint="admin")
    assert "code" in answer_of(spoken)
    silent = keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, login_hint="admin", prompt="none")
    assert answer_of(silent)["error"] == "login_required"


def test_a_post_answers_303_to_the_same_request_by_get(instance: Instance, signed_in: Browser) -> None:
    sent = {
        "response_type": "code",
        "client_id": instance.client_id,
        "redirect_uri": REDIRECT,
        "scope": "openid profile",
        "state": "a b&c=ü",
        "code_challenge": Pkce().challenge,
        "code_challenge_method": "S256",
    }
    answer = signed_in.post(AUTHORIZE, sent)
    assert (answer.status_code, "set-cookie" in answer.headers) == (303, False)
    location = urlsplit(answer.headers["location"])
    assert (location.scheme, location.netloc, location.path) == ("", "", AUTHORIZE)
    assert dict(parse_qsl(location.query)) == sent
    followed = answer_of(signed_in.get(answer.headers["location"]))
    assert (followed["state"], "code" in followed) == ("a b&c=ü", True)


@pytest.mark.parametrize(
    "body", ["client_id=%s\r\nSet-Cookie: a=b", "client_id=%%0d%%0aSet-Cookie:%%20a=b&x=%s", "x=//evil.example&y=%s"]
)
def test_nothing_in_a_post_leads_out_of_this_server(keyfob: Keyfob, instance: Instance, body: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = keyfob.request("POST", AUTHORIZE, content=body % instance.client_id, headers=headers)
    assert "set-cookie" not in answer.headers
    assert answer.headers["location"].startswith(f"{AUTHORIZE}?")


def test_a_parameter_in_the_address_and_again_in_the_form_is_a_repeated_one(
    instance: Instance, signed_in: Browser
) -> None:
    first = urlencode({"client_id": instance.client_id, "redirect_uri": REDIRECT, "scope": "openid"})
    answer = signed_in.post(f"{AUTHORIZE}?{first}", {"scope": "openid profile", "response_type": "code"})
    assert answer_of(signed_in.get(answer.headers["location"]))["error"] == "invalid_request"


def test_an_unknown_parameter_is_ignored(keyfob: Keyfob, instance: Instance, signed_in: Browser) -> None:
    answer = keyfob.authorize(signed_in, Pkce(), client_id=instance.client_id, unheard_of="x")
    assert set(answer_of(answer)) == {"code", "state", "iss"}


def test_the_parameters_may_come_in_any_spelling_of_form_encoding(instance: Instance, signed_in: Browser) -> None:
    plain = authorize_path(
        response_type="code",
        client_id=instance.client_id,
        redirect_uri=REDIRECT,
        scope="openid profile",
        code_challenge=Pkce().challenge,
        code_challenge_method="S256",
    )
    assert "scope=openid+profile" in plain
    for spelling in ("openid%20profile", "".join(f"%{ord(c):02x}" for c in "openid profile"), quote("openid profile")):
        assert "code" in answer_of(signed_in.get(plain.replace("openid+profile", spelling)))
