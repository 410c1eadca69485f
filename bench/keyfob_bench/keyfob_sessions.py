"""A person at Keyfob's sign-in page, for each connection, and again before the password is too long ago."""

import time
from dataclasses import replace

import httpx

from keyfob_bench import keyfob_pages as pages
from keyfob_bench.exchange import WrongAnswer
from keyfob_bench.provider import Provider, Seat, authorize_path

_LEFT = 0.5
"""The share of the time in which a password is recent that a sample must find left."""


def signed_in(base: str, provider: Provider, seat: Seat) -> Seat:
    """The seat with a new session; the app is allowed where that is asked. Raises WrongAnswer, httpx.HTTPError."""
    with httpx.Client(base_url=base) as browser:
        since = time.monotonic()
        page = browser.get(authorize_path(provider, seat)).raise_for_status()
        answer = _submit(browser, page, {"username": pages.USER_NAME, "password": pages.PASSWORD})
        if not answer.has_redirect_location:
            answer = _submit(browser, answer, {"allow": "1"})
        if "code=" not in answer.headers.get("location", ""):
            raise WrongAnswer(f"the sign-in was answered by {answer.status_code}")
        cookie = "; ".join(f"{one.name}={one.value}" for one in browser.cookies.jar)
    return replace(seat, cookie=cookie, since=since)


def renewed(base: str, recent_s: float, provider: Provider) -> Provider:
    """All of them signed in anew, once the first password is older than half of what the server calls recent.

    Within `recent_s` seconds of the password a click registers a device; later the server asks for it again, which is
    the password sign-in, and measured as that. Raises as `signed_in`.
    """
    oldest = min(seat.since for seats in provider.seats.values() for seat in seats)
    if time.monotonic() - oldest <= recent_s * _LEFT:
        return provider
    return replace(
        provider,
        seats={alg: [signed_in(base, provider, seat) for seat in seats] for alg, seats in provider.seats.items()},
    )


def _submit(browser: httpx.Client, page: httpx.Response, typed: dict[str, str]) -> httpx.Response:
    action, form = pages.form_of(page.text)
    return browser.post(action, data={**form, **typed})
