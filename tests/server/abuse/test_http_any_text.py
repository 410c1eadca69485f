"""Whatever text comes in, at whatever input: it is refused or it is data, and the database is as it was."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_app import (
    AUTHORIZE,
    LOGGED_OUT,
    LOGOUT,
    REDIRECT,
    REGISTER,
    SEED_REQUEST,
    USERINFO,
    Browser,
    Instance,
    Keyfob,
    Pkce,
    authorize_path,
    basic,
    bearer,
    form_state,
)
from support_sql import SCHEMA, Row, rows

INJECTIONS: Final = (
    *("'", '"', "' or '1'='1", "' or 1=1 --", "'; drop table accounts; --", '" or ""="', "') or ('1'='1", "\\", "\\'"),
    *("admin'--", "demouser' --", "' union select password_hash from credentials --", "1; attach 'x' as y", "$1", ":1"),
    *("?1", "@1", "%", "_", "demo%", "x' || (select 1) || '", "'||randomblob(1000000000)||'", "\x00", "demouser\x00'"),
    *("0x27", "\u02bc or 1=1", "\uff07 or 1=1", "\ud800", "\U0010ffff", "\ufeff", "1e400", "-1", "9" * 400, "null"),
    *("{{7*7}}", "${x}"),
)
TEXT: Final = st.one_of(
    st.sampled_from(INJECTIONS), st.text(max_size=60), st.text(max_size=3).map(lambda text: text * 300)
)
AUTHORIZE_NAMES: Final = (
    *("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "prompt", "max_age", "login_hint"),
    *("acr_values", "id_token_hint", "code_challenge", "code_challenge_method", "resource", "ui_locales", "claims"),
)
TOKEN_NAMES: Final = (
    *("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_id", "client_secret"),
)
LOGOUT_NAMES: Final = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "sign_out")
MEMBERS: Final = (
    *SEED_REQUEST,
    "client_name",
    "contacts",
    "software_id",
    "jwks",
    "instance_name",
    "client_uri",
    "status",
)
TABLES: Final = ("accounts", "credentials", "clients", "signing_keys", "settings")


@dataclass(frozen=True, slots=True)
class Scene:
    keyfob: Keyfob
    instance: Instance
    browser: Browser
    """Of the instance's owner, signed in."""
    warnings: list[logging.LogRecord]

    def is_data(self, answer: httpx.Response) -> None:
        assert answer.status_code < 500, answer.text
        assert self.warnings == []
        assert "sqlite" not in answer.text.lower()


class Collector(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)


@pytest.fixture(scope="module")
def scene(keyfob: Keyfob) -> Iterator[Scene]:
    instance, browser = keyfob.new_instance(), keyfob.browser()
    keyfob.code_for(instance, browser, Pkce())
    warnings: list[logging.LogRecord] = []
    collector = Collector(warnings)
    logging.getLogger().addHandler(collector)
    yield Scene(keyfob, instance, browser, warnings)
    logging.getLogger().removeHandler(collector)


def kept(keyfob: Keyfob) -> list[list[Row]]:
    """What no request of anybody may change, and the tables that there are."""
    texts = [f"select * from {name} order by 1, 2" for name in TABLES]  # noqa: S608 - names of ours
    return [rows(keyfob.database, text) for text in (*texts, SCHEMA)]


def encodable(text: str) -> str:
    """A form and an address hold UTF-8: there are no lone surrogates in them."""
    return text.encode("utf-8", "replace").decode()


@given(name=st.sampled_from(AUTHORIZE_NAMES), text=TEXT)
def test_m3_any_text_in_an_authorization_request_is_data(scene: Scene, name: str, text: str) -> None:
    sent = {
        "response_type": "code",
        "client_id": scene.instance.client_id,
        "redirect_uri": REDIRECT,
        "scope": "openid",
        "code_challenge": Pkce().challenge,
        "code_challenge_method": "S256",
        name: encodable(text),
    }
    before = kept(scene.keyfob)
    for person in (scene.browser, scene.keyfob.browser()):
        answer = person.get(authorize_path(**sent))
        scene.is_data(answer)
        assert not answer.headers.get("location", REDIRECT).startswith(("http", "//"))
    scene.is_data(scene.keyfob.request("POST", AUTHORIZE, data=sent))
    assert kept(scene.keyfob) == before


@given(user_name=TEXT, password=TEXT)
def test_m3_any_text_as_user_name_and_password_is_data_and_signs_nobody_in(
    scene: Scene, user_name: str, password: str
) -> None:
    person = scene.keyfob.browser()
    page = scene.keyfob.authorize(person, Pkce(), client_id=scene.instance.client_id)
    before = kept(scene.keyfob)
    for name, word in ((user_name, password), ("demouser", password), (user_name, "Password1")):
        answer = person.sign_in(page, encodable(name), encodable(word))
        scene.is_data(answer)
        assert answer.status_code in {200, 400}
        assert "set-cookie" not in answer.headers
    assert kept(scene.keyfob) == before


@given(
    name=st.sampled_from(TOKEN_NAMES), text=TEXT, grant_type=st.sampled_from(["authorization_code", "refresh_token"])
)
def test_m3_any_text_in_a_token_request_is_data(scene: Scene, name: str, text: str, grant_type: str) -> None:
    sent = {
        "grant_type": grant_type,
        "code": "x",
        "refresh_token": "x",
        "redirect_uri": REDIRECT,
        "code_verifier": Pkce().verifier,
        name: encodable(text),
    }
    for user, password in ((scene.instance.client_id, scene.instance.client_secret), (text, text)):
        headers = basic(encodable(user), encodable(password))
        answer = scene.keyfob.token(sent, headers)
        scene.is_data(answer)
        assert answer.status_code in {400, 401}


@given(text=TEXT)
def test_m3_any_text_as_a_token_is_data(scene: Scene, text: str) -> None:
    for path, method in ((USERINFO, "GET"), (REGISTER, "POST")):
        header = b"Bearer " + text.encode("utf-8", "replace").translate(None, b"\x00\r\n")
        body = {"json": SEED_REQUEST} if method == "POST" else {}
        answer = scene.keyfob.request(method, path, headers=[(b"authorization", header)], **body)
        scene.is_data(answer)
        assert answer.status_code == 401


@given(name=st.sampled_from(LOGOUT_NAMES), text=TEXT)
def test_m3_any_text_in_a_request_to_sign_out_is_data(scene: Scene, name: str, text: str) -> None:
    sent = {"client_id": scene.instance.client_id, "post_logout_redirect_uri": LOGGED_OUT, name: encodable(text)}
    scene.is_data(scene.browser.get(str(httpx.URL(LOGOUT, params=sent))))
    answer = scene.browser.post(LOGOUT, {"state": encodable(text), "sign_out": "1"})
    scene.is_data(answer)
    assert answer.status_code in {400, 403}


@given(member=st.sampled_from(MEMBERS), text=TEXT, in_a_list=st.booleans())
def test_m3_any_text_in_a_registration_is_data(scene: Scene, member: str, text: str, *, in_a_list: bool) -> None:
    before = kept(scene.keyfob)
    # as JSON holds it: a lone surrogate is an escape
    body = json.dumps(SEED_REQUEST | {member: [text] if in_a_list else text})
    headers = bearer(scene.keyfob.initial_token()) | {"content-type": "application/json"}
    answer = scene.keyfob.request("POST", REGISTER, content=body, headers=headers)
    scene.is_data(answer)
    assert answer.status_code in {201, 400}
    if answer.status_code == 201:
        page = scene.keyfob.authorize(scene.keyfob.browser(), Pkce(), client_id=answer.json()["client_id"])
        scene.is_data(page)
    assert kept(scene.keyfob) == before


@given(cookie=st.binary(max_size=200), state=TEXT)
def test_m3_any_bytes_as_a_cookie_are_a_new_browser(scene: Scene, cookie: bytes, state: str) -> None:
    clean = cookie.translate(None, b"\x00\r\n")
    for line in (clean, b"keyfob-session=" + clean, b"keyfob-browser=" + clean):
        sent = {"client_id": scene.instance.client_id, "redirect_uri": REDIRECT, "state": encodable(state)}
        scene.is_data(scene.keyfob.request("GET", authorize_path(**sent), headers=[(b"cookie", line)]))


def test_m3_the_good_requests_that_these_texts_go_into_are_answered(scene: Scene) -> None:
    """Else every test above would be about one refusal."""
    assert scene.keyfob.authorize(scene.browser, Pkce(), client_id=scene.instance.client_id).status_code == 303
    assert scene.keyfob.token({"grant_type": "refresh_token", "refresh_token": "x"}, bearer("x")).status_code == 401
    assert scene.keyfob.tokens(scene.instance, scene.browser).access_token
    assert form_state(scene.browser.get(LOGOUT))
