"""Every answer of every address carries the security headers: the table of addresses is the server's own."""

import re
from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from keyfob_server.composition.server import Serving, admin_listener_app
from keyfob_server.web.pages.assets import assets
from support_app import AUTHORIZE, LOGOUT, REGISTRATION_CLIENT, TOKEN, Instance, Keyfob, Pkce, basic, bearer

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE")
EVERYWHERE: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
CSP: Final = re.compile(
    r"default-src 'none'; (style-src 'self'; img-src 'self'; form-action 'self'( io\.curity\.dcrclient:)?|"
    r"form-action 'none'); base-uri 'none'; frame-ancestors 'none'"
)
PUBLIC: Final = ("jwks", "openid-configuration", "oauth-authorization-server")


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


def paths(keyfob: Keyfob) -> Iterator[str]:
    yield from keyfob.app.routes
    yield from keyfob.app.page_paths
    yield from (asset.path for asset in assets().values())
    yield from (
        "/",
        "/nothing",
        "/favicon.ico",
        "/robots.txt",
        "/assets/nothing.css",
        f"{TOKEN}/",
        "/authn/authentication/x",
    )


def secured(answer: httpx.Response, path: str) -> None:
    headers = answer.headers
    assert {name: headers.get(name) for name in EVERYWHERE} == EVERYWHERE, path
    assert CSP.fullmatch(headers["content-security-policy"]), path
    assert "camera=()" in headers["permissions-policy"]
    assert "microphone=()" in headers["permissions-policy"]
    everybodys = any(word in path for word in PUBLIC) and answer.status_code == 200
    assert headers["cross-origin-resource-policy"] == ("cross-origin" if everybodys else "same-origin"), path
    assert headers.get("access-control-allow-origin") == ("*" if everybodys else None), path
    assert "access-control-allow-credentials" not in headers
    assert not {"server", "x-powered-by", "via", "x-xss-protection"} & headers.keys()
    assert re.fullmatch(r"[0-9a-f]{16}", headers["x-request-id"])
    repeated = [name for name in headers if len(headers.get_list(name)) > 1 and name != "set-cookie"]
    assert repeated == [], path


def kept(answer: httpx.Response, path: str) -> None:
    """Only what is the same for everybody may be kept by anybody."""
    same_for_all = answer.status_code == 200 and (path.startswith("/assets/") or any(word in path for word in PUBLIC))
    assert answer.headers["cache-control"].startswith("public") is same_for_all, path
    if not same_for_all:
        assert answer.headers["cache-control"] == "no-store", path


@pytest.mark.parametrize("method", METHODS)
def test_k12_every_address_answers_with_the_security_headers_whatever_the_method(keyfob: Keyfob, method: str) -> None:
    for path in paths(keyfob):
        answer = keyfob.request(method, path)
        secured(answer, path)
        kept(answer, path)
        if answer.status_code in {404, 405}:
            assert "set-cookie" not in answer.headers


def test_k12_every_page_of_a_persons_journey_carries_the_security_headers(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    page = keyfob.authorize(browser, Pkce(), client_id=instance.client_id)
    asked = {"client_id": REGISTRATION_CLIENT, "scope": "dcr", "nonce": ""}
    answers = [page, browser.sign_in(page, password="wrong"), browser.sign_in(page)]
    answers.append(keyfob.authorize(browser, Pkce(), **asked))
    answers.append(browser.submit(answers[-1], allow="1"))
    answers.append(keyfob.authorize(browser, Pkce(), client_id=instance.client_id))
    answers.append(keyfob.authorize(browser, Pkce(), client_id=instance.client_id, response_type="token"))
    answers.append(keyfob.authorize(browser, Pkce(), client_id="nobody"))
    answers.append(browser.post(AUTHORIZE, {"client_id": instance.client_id}))
    answers.append(browser.post("/authn/authentication/confirm", {"state": "x"}))
    answers.append(browser.post("/authn/authentication/no-room", {"state": "x"}))
    answers.append(browser.get(LOGOUT))
    answers.append(browser.submit(answers[-1], stay="1"))
    answers.append(browser.submit(answers[-2], sign_out="1"))
    statuses = [200, 200, 303, 200, 303, 303, 303, 400, 303, 403, 403, 200, 200, 200]
    assert [answer.status_code for answer in answers] == statuses
    for answer in answers:
        secured(answer, str(answer.url))
        assert answer.headers["cache-control"] == "no-store"


def test_k12_every_answer_to_an_app_carries_the_security_headers(keyfob: Keyfob, instance: Instance) -> None:
    tokens = keyfob.tokens(instance)
    initial = keyfob.initial_token()
    bad = basic(instance.client_id, "wrong")
    answers = [
        keyfob.refresh(instance, tokens.refresh_token),
        keyfob.token({"grant_type": "refresh_token", "refresh_token": "x"}, bad),
        keyfob.userinfo(tokens.access_token),
        keyfob.userinfo("x"),
        keyfob.request("GET", "/oauth/v2/oauth-userinfo"),
        keyfob.register(initial),
        keyfob.register(initial),
        keyfob.request("POST", TOKEN, content=b"x" * 70000),
        keyfob.request("GET", "/" + "x" * 9000),
        keyfob.request("GET", "/", headers={f"x-{number}": "x" for number in range(80)}),
        keyfob.request("POST", TOKEN, content=b"x", headers={"content-encoding": "gzip"}),
        keyfob.request("OPTIONS", TOKEN, headers={"origin": "https://evil.example"}),
        keyfob.request("POST", TOKEN, content=b"x", headers={**bearer("x"), "origin": "null"}),
    ]
    statuses = [200, 401, 200, 401, 401, 201, 401, 413, 414, 431, 415, 405, 400]
    assert [answer.status_code for answer in answers] == statuses
    for answer in answers:
        secured(answer, str(answer.url))
        assert answer.headers["cache-control"] == "no-store"


def test_k12_the_admin_listener_answers_with_the_security_headers(keyfob: Keyfob) -> None:
    app = admin_listener_app(keyfob.installation, Serving())

    async def crawl() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:6749") as client:
            known = ("/admin", "/health/live", "/health/ready", "/nothing", assets()["keyfob.css"].path)
            return [await client.request(method, path) for path in known for method in METHODS]

    for answer in keyfob.run(crawl()):
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE, answer.request
        assert CSP.fullmatch(answer.headers["content-security-policy"])
        assert (answer.status_code == 405) is ("allow" in answer.headers)
        assert "set-cookie" not in answer.headers
