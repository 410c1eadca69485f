"""What a person and a browser say to Keyfob's pages."""

import re
from collections.abc import Generator
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

from keyfob_bench.exchange import Answer, Exchange, Script, WrongAnswer
from keyfob_bench.journeys import Cookies, registered, used
from keyfob_bench.messages import expect, header, members, request
from keyfob_bench.provider import CHALLENGE, VERIFIER, Provider, Seat, authorize_path

USER_NAME, PASSWORD = "demouser", "Password1"
REDIRECT_URI = "http://127.0.0.1/callback"
REGISTRATION_CLIENT = "mobile-dcr-client"


def sign_in(provider: Provider, connection: int) -> Script:
    """In a browser without cookies: the page, the form with the password, and a code at the end."""
    seat = provider.seats["ES256"][connection]
    while True:
        cookies = Cookies()
        page = yield Exchange(request("GET", authorize_path(provider, seat)), completes=False)
        expect(page, 200)
        cookies.take(page)
        person = {"username": USER_NAME, "password": PASSWORD}
        answer = yield Exchange(submitted(page, person, cookies), completes=True)
        code_of(answer)


def journey(provider: Provider, connection: int) -> Script:
    """With a session: an initial token by code flow, confirmed on the page, and then what every journey has."""
    seat = provider.seats["ES256"][connection]
    while True:
        token = yield from _initial_token(provider, seat)
        install = yield from registered(provider, token, provider.registered, seat)
        yield from used(provider, install)


def _initial_token(provider: Provider, seat: Seat) -> Generator[Exchange, Answer, str]:
    query = {
        "response_type": "code",
        "client_id": REGISTRATION_CLIENT,
        "redirect_uri": REDIRECT_URI,
        "scope": "dcr",
        "state": "state-of-the-bench",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    cookies = Cookies(dict(_pair(one) for one in seat.cookie.split("; ")))
    asking = f"{provider.endpoints['authorization_endpoint']}?{urlencode(query)}"
    page = yield Exchange(request("GET", asking, headers=cookies.headers), completes=False)
    expect(page, 200)
    moved = yield Exchange(submitted(page, {"allow": "1"}, cookies), completes=False)
    form = {
        "grant_type": "authorization_code",
        "client_id": REGISTRATION_CLIENT,
        "code": code_of(moved),
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    }
    answer = yield Exchange(request("POST", provider.endpoints["token_endpoint"], form=form), completes=False)
    return str(members(answer)["access_token"])


def submitted(page: Answer, typed: dict[str, str], cookies: Cookies) -> bytes:
    """The form of a page, sent with what a person typed. Raises WrongAnswer when there is none."""
    action, form = form_of(page.body.decode())
    return request("POST", action, form={**form, **typed}, headers=cookies.headers)


def form_of(page: str) -> tuple[str, dict[str, str]]:
    """Where the page's form is sent, and what it holds before anybody typed. Raises WrongAnswer when there is none."""
    return _attribute(page, r'<form[^>]* action="([^"]*)"'), {
        "state": _attribute(page, r'name="state" value="([^"]*)"')
    }


def code_of(answer: Answer) -> str:
    """What a redirect to the app brings; raises WrongAnswer."""
    expect(answer, 303)
    brought = parse_qs(urlsplit(header(answer, b"location")).query)
    if "code" not in brought:
        raise WrongAnswer(f"no code: {header(answer, b'location')}")
    return brought["code"][0]


def _pair(cookie: str) -> tuple[str, str]:
    name, _, value = cookie.partition("=")
    return name, value


def _attribute(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    if found is None:
        raise WrongAnswer(f"no {pattern} in the page")
    return unescape(found[1])
