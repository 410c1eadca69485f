"""What every real answer of the public listener says to the browser, pages and errors alike."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from keyfob_server.demo.data import demo_policy
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.records import Loaded
from support_app import (
    AUTHORIZE,
    LOGOUT,
    REGISTER,
    REGISTRATION_CLIENT,
    SEED_REQUEST,
    TOKEN,
    USERINFO,
    Browser,
    Instance,
    Keyfob,
    Pkce,
    answer_of,
    form_action,
    form_state,
    running_keyfob,
)
from support_authorize import links, signed_in
from support_twins import twin

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{}; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PLAIN_POLICY = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
FROM_ELSEWHERE = {"Sec_Fetch_Site": "cross-site"}
Answers = dict[str, httpx.Response]


@dataclass(frozen=True, slots=True)
class Failing:
    """A store in which reading ends in `error`."""

    error: Exception

    async def load(self, **_keys: object) -> Loaded:
        raise self.error


@pytest.fixture(scope="module")
def browser(keyfob: Keyfob) -> Browser:
    return keyfob.browser()


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance(requires_consent=True, client_name="An App")


def failing(keyfob: Keyfob, error: Exception) -> Keyfob:
    services = keyfob.installation.services
    return twin(keyfob, replace(services, store=Failing(error)))  # type: ignore[arg-type] # reading is all it does


def pages(keyfob: Keyfob, browser: Browser, instance: Instance) -> Answers:
    """Every page there is, as people get to see them."""
    request = {"client_id": instance.client_id}
    sign_in = keyfob.authorize(browser, Pkce(), **request)
    wrong = browser.sign_in(sign_in, password="wrong")
    consent = browser.sign_in(wrong)
    register = keyfob.authorize(browser, Pkce(), client_id=REGISTRATION_CLIENT, scope="dcr")
    web = keyfob.new_instance(redirect_uris=["https://app.example/cb"], application_type="web")
    sign_out = browser.get(LOGOUT)
    stale = keyfob.browser().submit(sign_in, username="x", password="y")
    action, form = form_action(sign_out), {"state": form_state(sign_out)}
    stayed = browser.post(action, form | {"stay": "1"})
    signed_out = browser.post(action, form | {"sign_out": "1"})
    busy, broken = failing(keyfob, StorageUnavailable("full")), failing(keyfob, RuntimeError("fault"))
    return {
        "sign in": sign_in,
        "wrong password": wrong,
        "consent": consent,
        "register": register,
        "other owner": keyfob.authorize(_other(keyfob), Pkce(), **request),
        "unknown client": keyfob.request("GET", AUTHORIZE),
        "redirect URI": keyfob.authorize(browser, Pkce(), **request, redirect_uri="https://evil.example/"),
        "malformed": keyfob.request("GET", f"{AUTHORIZE}?x=%zz"),
        "back to the app": keyfob.authorize(
            keyfob.browser(), Pkce(), client_id=web.client_id, redirect_uri="https://app.example/cb", scope="admin"
        ),
        "another browser's form": stale,
        "form from elsewhere": browser.post(form_action(sign_in), {"state": "x"}, **FROM_ELSEWHERE),
        "form of no kind": browser.post(form_action(sign_in), {"username": "x"}),
        "sign out": sign_out,
        "stayed": stayed,
        "signed out": signed_out,
        "nothing here": keyfob.request("GET", "/nothing"),
        "no such asset": keyfob.request("GET", "/assets/keyfob.css"),
        "no such authenticator": keyfob.request("POST", "/authn/authentication/nothing", data={}),
        "method": keyfob.request("PUT", AUTHORIZE),
        "too many fields": keyfob.request("POST", AUTHORIZE, content=b"a&" * 101, headers=_form()),
        "body too large": keyfob.request("POST", AUTHORIZE, content=b"a" * 70_000, headers=_form()),
        "no form": keyfob.request("POST", AUTHORIZE, json={}),
        "busy": busy.request("GET", f"{AUTHORIZE}?client_id=x"),
        "broken": broken.request("GET", f"{AUTHORIZE}?client_id=x"),
    }


def plain_answers(keyfob: Keyfob, browser: Browser, instance: Instance) -> Answers:
    """Redirects, documents and errors in JSON."""
    issuer = urlsplit(keyfob.issuer).path
    silent = {"client_id": instance.client_id, "prompt": "none"}
    broken = failing(keyfob, RuntimeError("fault"))
    page = keyfob.request("GET", AUTHORIZE)
    assets = {f"asset {link}": keyfob.request("GET", link) for link in links(page)}
    return assets | {
        "redirect": keyfob.authorize(browser, Pkce(), **silent),
        "post": keyfob.request("POST", AUTHORIZE, data=silent),
        "discovery": keyfob.request("GET", f"{issuer}/.well-known/openid-configuration"),
        "keys": keyfob.request("GET", f"{issuer}/jwks"),
        "keys by HEAD": keyfob.request("HEAD", f"{issuer}/jwks"),
        "token": keyfob.token({"grant_type": "refresh_token"}),
        "token by GET": keyfob.request("GET", TOKEN),
        "userinfo": keyfob.request("GET", USERINFO),
        "userinfo broken": broken.userinfo("x" * 20),
        "token broken": broken.token({"grant_type": "refresh_token", "refresh_token": "x", "client_id": "y"}),
        "registered": keyfob.register(keyfob.initial_token()),
        "registration": keyfob.request("POST", REGISTER, json=SEED_REQUEST),
        "registration by PATCH": keyfob.request("PATCH", REGISTER),
        "long address": keyfob.request("GET", f"{AUTHORIZE}?{'x' * 9000}"),
        "many headers": keyfob.request("GET", AUTHORIZE, headers={f"x-{n}": "y" for n in range(100)}),
    }


def _other(keyfob: Keyfob) -> Browser:
    browser = keyfob.browser()
    page = keyfob.authorize(browser, Pkce(), client_id=REGISTRATION_CLIENT, scope="dcr", nonce="", prompt="login")
    assert "code" in answer_of(browser.sign_in(page, user_name="admin"))
    return browser


def _form() -> dict[str, str]:
    return {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def html_answers(keyfob: Keyfob, browser: Browser, instance: Instance) -> Answers:
    return pages(keyfob, browser, instance)


@pytest.fixture(scope="module")
def other_answers(keyfob: Keyfob, browser: Browser, instance: Instance) -> Answers:
    return plain_answers(keyfob, browser, instance)


def test_a25_each_page_was_really_shown(html_answers: Answers) -> None:
    expected = {"wrong password": 200, "consent": 200, "register": 200, "another browser's form": 403, "stayed": 200,
                "form from elsewhere": 403, "form of no kind": 403, "nothing here": 404, "method": 405, "busy": 503,
                "body too large": 413, "broken": 500, "signed out": 200, "back to the app": 400}  # fmt: skip
    assert {name: html_answers[name].status_code for name in expected} == expected
    assert {answer.headers["content-type"] for answer in html_answers.values()} == {"text/html; charset=utf-8"}


def test_a25_no_page_can_be_framed(html_answers: Answers) -> None:
    for name, answer in html_answers.items():
        assert answer.headers["x-frame-options"] == "DENY", name
        policy = answer.headers["content-security-policy"]
        assert policy in {PAGE_POLICY.format(""), PAGE_POLICY.format(" io.curity.dcrclient:")}, name


def test_a25_no_other_answer_can_be_framed(other_answers: Answers) -> None:
    for name, answer in other_answers.items():
        assert answer.headers["x-frame-options"] == "DENY", name
        assert answer.headers["content-security-policy"] == PLAIN_POLICY, name


def test_a26_no_answer_sends_a_referrer(html_answers: Answers, other_answers: Answers) -> None:
    for name, answer in (html_answers | other_answers).items():
        assert answer.headers["referrer-policy"] == "no-referrer", name
        assert answer.headers["x-content-type-options"] == "nosniff", name
        assert answer.headers["cross-origin-opener-policy"] == "same-origin", name


def test_a26_no_page_loads_anything_from_elsewhere(html_answers: Answers) -> None:
    for name, answer in html_answers.items():
        away = [link for link in links(answer) if not link.startswith("/") or link.startswith("//")]
        assert bool(away) is (name == "back to the app"), name
        assert all(link.startswith("https://app.example/cb?error=invalid_scope&") for link in away)
        assert "@import" not in answer.text, name
        assert "url(" not in answer.text, name


def test_a26_no_page_and_no_error_is_kept(html_answers: Answers, other_answers: Answers) -> None:
    kept = {"discovery", "keys", "keys by HEAD"} | {name for name in other_answers if name.startswith("asset ")}
    assert len(kept) == 6
    for name, answer in (html_answers | other_answers).items():
        assert (answer.headers["cache-control"] == "no-store") is (name not in kept), name


@pytest.fixture(scope="module")
def with_https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    policy = demo_policy("https://id.example")
    folder: Path = tmp_path_factory.mktemp("https")
    with running_keyfob(folder, policy=policy) as running:
        yield running


def test_a12_every_answer_that_follows_a_form_is_a_303(keyfob: Keyfob) -> None:
    browser, pkce = keyfob.browser(), Pkce()
    # its own: what is allowed here is remembered
    request = {"client_id": keyfob.new_instance(requires_consent=True, client_name="An App").client_id}
    cancelled = browser.submit(keyfob.authorize(browser, pkce, **request), cancel="1")
    plain = keyfob.new_instance()
    signed = browser.sign_in(keyfob.authorize(browser, pkce, client_id=plain.client_id))
    consent = keyfob.authorize(browser, pkce, **request)
    denied, allowed = browser.submit(consent, deny="1"), browser.submit(consent, allow="1")
    register = keyfob.authorize(browser, pkce, client_id=REGISTRATION_CLIENT, scope="dcr")
    registering = browser.submit(register, allow="1")
    posted = browser.post(AUTHORIZE, {"client_id": plain.client_id})
    hint = keyfob.tokens(plain, browser).id_token
    logout = {"id_token_hint": hint, "post_logout_redirect_uri": "io.curity.dcrclient:/logoutcallback", "state": "s"}
    signed_out = browser.post(LOGOUT, logout)
    for answer in (cancelled, signed, denied, allowed, registering, posted, signed_out):
        assert answer.status_code == 303
        assert answer.text == ""
    assert [answer_of(answer).get("error") for answer in (cancelled, signed, denied, allowed, registering)] == [
        "access_denied", None, "access_denied", None, None,
    ]  # fmt: skip


def test_a12_by_get_too_the_answer_is_a_303(keyfob: Keyfob) -> None:
    plain = keyfob.new_instance()
    browser = signed_in(keyfob, plain)
    for scope in ("openid", "admin"):
        assert keyfob.authorize(browser, Pkce(), client_id=plain.client_id, scope=scope).status_code == 303


def test_a25_under_https_every_answer_says_to_stay_there(with_https: Keyfob) -> None:
    for path in (AUTHORIZE, TOKEN, "/nothing", f"{AUTHORIZE}?{'x' * 9000}"):
        answer = with_https.request("GET", path)
        assert answer.headers["strict-transport-security"] == "max-age=31536000", path
