"""How the installs of a peer come to be: registered as any app is (RFC 7591), with a person who is signed in."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import httpx

from keyfob_bench.messages import basic
from keyfob_bench.provider import Provider, Seat, authorize_path

REDIRECT_URI: Final = "https://app.example/callback"
SCOPE: Final = "openid profile offline_access"
REGISTERED: Final[Mapping[str, object]] = {
    "redirect_uris": [REDIRECT_URI],
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "client_secret_basic",
    "scope": SCOPE,
    "client_name": "Harbour Bank",
}
SERVICE: Final[Mapping[str, object]] = {
    "redirect_uris": [],
    "grant_types": ["client_credentials"],
    "response_types": [],
    "token_endpoint_auth_method": "client_secret_basic",
    "client_name": "A service",
}
_MOST_REDIRECTS: Final = 8


def register(base: str, provider: Provider, document: Mapping[str, object], scope: str = SCOPE) -> Seat:
    """A new client, without a session yet; raises RuntimeError with the answer that is none."""
    path = provider.endpoints["registration_endpoint"]
    headers = {"Authorization": f"Bearer {provider.initial_token}"} if provider.initial_token else {}
    answer = httpx.post(base + path, json=document, headers=headers)
    if answer.status_code != httpx.codes.CREATED:
        raise RuntimeError(f"the registration was answered by {answer.status_code}: {answer.text[:300]}")
    made = answer.json()
    client_id = str(made["client_id"])
    return Seat(client_id, basic(client_id, str(made["client_secret"])), REDIRECT_URI, scope, cookie="")


def signed_in(
    base: str, provider: Provider, seat: Seat, sign_in: Callable[[httpx.Client, httpx.Response], httpx.Response]
) -> Seat:
    """The seat with its browser's session. `sign_in` is given each answer that is no redirect, and answers it."""
    with httpx.Client(base_url=base) as browser:
        answer = browser.get(authorize_path(provider, seat))
        for _ in range(_MOST_REDIRECTS):
            allow_cookies(browser)
            address = answer.headers.get("location", "")
            if address.startswith(seat.redirect_uri) and "code=" in address:
                return replace(seat, cookie="; ".join(f"{one.name}={one.value}" for one in browser.cookies.jar))
            answer = browser.get(address) if address else sign_in(browser, answer)
    raise RuntimeError(f"the sign-in was answered by {answer.status_code}: {answer.text[:300]}")


def allow_cookies(browser: httpx.Client) -> None:
    """Sends those too that are for TLS alone, as browsers do to the loopback."""
    for cookie in browser.cookies.jar:
        cookie.secure = False
