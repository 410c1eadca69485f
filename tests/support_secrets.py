"""A whole journey that remembers every secret that was made or sent in it, and the search for them in bytes."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import httpx

from support_wire import (
    AUTHORIZE,
    LOGGED_OUT,
    LOGOUT,
    REDIRECT,
    REGISTER,
    REGISTRATION_CLIENT,
    SEED_REQUEST,
    TOKEN,
    USERINFO,
    Pkce,
    basic,
    bearer,
    form_action,
    form_state,
)

PASSWORD, WRONG_PASSWORD = "Password1", "Not-The-Password-77"
INVENTED = "invented-by-an-attacker-0123456789abcdefghijk"
"""Sent where a secret belongs, and to places where none does."""
_MEMBERS = ("access_token", "refresh_token", "id_token", "client_secret", "registration_access_token")


class Send(Protocol):
    def __call__(self, method: str, path: str, **arguments: object) -> httpx.Response: ...


@dataclass
class Journey:
    send: Send
    secrets: dict[str, set[str]] = field(default_factory=dict)
    """By kind."""
    pages: list[str] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)

    def made(self, kind: str, *values: str) -> None:
        self.secrets.setdefault(kind, set()).update(value for value in values if value)

    def ask(self, method: str, path: str, **arguments: object) -> httpx.Response:
        answer = self.send(method, path, **arguments)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            self.made(f"{name} cookie", value)
        location = answer.headers.get("location", "")
        if location.startswith(REDIRECT):
            self.made("code", dict(parse_qsl(urlsplit(location).query)).get("code", ""))
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.pages.append(answer.text)
            self.made("form state", *re.findall(r'name="state" value="([^"]+)"', answer.text))
        elif answer.content and answer.headers["content-type"] == "application/json":
            document = answer.json()
            for member in _MEMBERS:
                self.made(member, str(document.get(member, "")))
        return answer

    def browse(self, method: str, path: str, **arguments: object) -> httpx.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return self.ask(method, path, headers={"cookie": cookies} if cookies else {}, **arguments)

    def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        return self.browse("POST", form_action(page), data={"state": form_state(page), **fields})

    def authorize(self, client_id: str, pkce: Pkce, **changes: str) -> httpx.Response:
        self.made("verifier", pkce.verifier)
        sent = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": REDIRECT,
            "state": "state-1",
            "code_challenge": pkce.challenge,
            "code_challenge_method": "S256",
        }
        return self.browse("GET", AUTHORIZE, params=sent | changes)

    def token(self, headers: dict[str, str], **form: str) -> httpx.Response:
        return self.ask("POST", TOKEN, data=form, headers=headers)


def code_in(answer: httpx.Response) -> str:
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]


def whole_journey(send: Send) -> Journey:
    """Register, sign in, refresh, sign out; with every secret sent once where it is wrong as well."""
    journey, pkce = Journey(send), Pkce()
    journey.made("password", PASSWORD, WRONG_PASSWORD)
    journey.made("invented", INVENTED)
    page = journey.authorize(REGISTRATION_CLIENT, pkce, scope="dcr")
    journey.submit(page, username="demouser", password=WRONG_PASSWORD)
    code = code_in(journey.submit(page, username="demouser", password=PASSWORD))
    redemption = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": pkce.verifier}
    initial = journey.token({}, **redemption, code=code, client_id=REGISTRATION_CLIENT).json()["access_token"]
    journey.submit(journey.authorize(REGISTRATION_CLIENT, pkce, scope="dcr"), allow="1")
    registered = journey.ask("POST", REGISTER, json=SEED_REQUEST, headers=bearer(initial)).json()
    client_id, secret = registered["client_id"], registered["client_secret"]
    code = code_in(journey.authorize(client_id, pkce, scope="openid profile", nonce="n"))
    credentials = basic(client_id, secret)
    journey.made("Basic credentials", credentials["authorization"].removeprefix("Basic "))
    tokens = journey.token(credentials, **redemption, code=code).json()
    newer = journey.token(credentials, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
    assert journey.ask("GET", USERINFO, headers=bearer(newer["access_token"])).status_code == 200
    _misuse(journey, client_id, secret, newer)
    # a code that is redeemed twice: its grant is revoked
    assert journey.token(credentials, **redemption, code=code).json()["error"] == "invalid_grant"
    sent = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": LOGGED_OUT, "state": "s"}
    assert journey.browse("GET", LOGOUT, params=sent).headers["location"] == f"{LOGGED_OUT}?state=s"
    return journey


def _misuse(journey: Journey, client_id: str, secret: str, tokens: dict[str, str]) -> None:
    """Secrets where they do not belong, as a clumsy app or person sends them."""
    for value in (tokens["access_token"], secret, INVENTED):
        everywhere = dict.fromkeys(("access_token", "client_secret", "code", "password", "token", "q", value), value)
        for path in (USERINFO, TOKEN, REGISTER, AUTHORIZE, LOGOUT, f"/{value}", f"/assets/{value}", "/"):
            journey.ask("GET", path, params=everywhere)
            journey.ask("POST", path, data=everywhere, headers=basic(client_id, value))
            journey.ask("POST", path, json=everywhere, headers=bearer(value))
            journey.ask("PUT", path, content=value, headers={"cookie": f"keyfob-session={value}", "x-key": value})
        journey.ask("GET", AUTHORIZE, params={"client_id": client_id, "redirect_uri": value, "login_hint": value})
        journey.authorize(client_id, Pkce(), scope=value, prompt=value, nonce=value, id_token_hint=value)
        page = journey.authorize(client_id, Pkce(), prompt="login")
        journey.submit(page, username=value, password=value)
        journey.submit(page, username=PASSWORD, password="demouser")
        journey.token(basic(client_id, value), grant_type=value, code=value, refresh_token=value)
        journey.token(basic(client_id, secret), grant_type="refresh_token", refresh_token=value)


def spellings(secret: str) -> Iterator[bytes]:
    """As it is, in a form or a URI, as JSON or Base64 holds it, and the bytes that it stands for."""
    yield secret.encode()
    yield quote(secret, safe="").encode()
    yield quote_plus(secret).encode()
    yield base64.b64encode(secret.encode()).rstrip(b"=")
    if re.fullmatch(r"[A-Za-z0-9_-]{43}", secret):
        decoded = base64.urlsafe_b64decode(secret + "=")
        yield decoded
        yield binascii.hexlify(decoded)


def found(secrets: dict[str, set[str]], text: bytes) -> list[str]:
    """The kinds of secrets that stand in `text` in any spelling."""
    return sorted(
        {kind for kind, values in secrets.items() for value in values if any(form in text for form in spellings(value))}
    )


def files_with(secrets: dict[str, set[str]], folder: Path, *, but: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """By file name, what stands in the files below `folder`; `but` names files that are left out."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in but]
    assert files
    by_file = {path.name: found(secrets, path.read_bytes()) for path in files}
    return {name: kinds for name, kinds in by_file.items() if kinds}
