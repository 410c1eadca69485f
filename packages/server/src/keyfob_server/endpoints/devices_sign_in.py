"""Signing in to the page of devices: the code flow at the server's own sign-in pages (RFC 6749, RFC 7636).

Its outcome is the browser's session, which the page works with; so the code itself is not needed, and as nobody keeps
its verifier, nobody can redeem it.
"""

from typing import Literal

from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_protocol.pkce import challenge_of
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.interaction import open_interaction, seal_interaction
from keyfob_server.endpoints.outcomes import Outcome, Redirect, ShowNotSignedIn, ShowStale, SignInFirst
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.devices import DEVICES_CLIENT_ID, agreed_apps_path, callback
from keyfob_server.rules.liveness import LiveSession, is_use_to_be_noted, live_session
from keyfob_server.rules.sessions import code_verifier_of, cookie_from

_KIND = "devices_sign_in"
Page = Literal["", "apps"]
"""Which one asked; empty: that of devices."""


async def session_of(services: Services, browser: Browser) -> tuple[LiveSession | None, int]:
    """The session that this browser is in, noted as used, and the time. Raises StorageUnavailable."""
    loaded = await services.store.load(session_id=browser.session_id)
    session = live_session(loaded, idle_s=services.policy.session_idle_s)
    if session is not None and is_use_to_be_noted(session, idle_s=services.policy.session_idle_s, now=loaded.now):
        await services.sessions.touch_session(session.session.id, seen_at=loaded.now)
    return session, loaded.now


def begin_sign_in(services: Services, browser: Browser, *, now: int, to: Page = "") -> SignInFirst:
    """To the authorization endpoint, with a state that only this browser brings back, and then to the page."""
    policy = services.policy
    state = seal_interaction(services, _KIND, browser_hash=browser.hash, session_id="", query=to, now=now)
    forgotten = code_verifier_of(cookie_from(services.entropy.bytes(32)))
    pairs = (
        ("response_type", "code"),
        ("client_id", DEVICES_CLIENT_ID),
        ("redirect_uri", callback(policy.base_url, policy.paths.devices)),
        ("scope", "openid"),
        ("state", state),
        ("code_challenge", challenge_of(forgotten)),
        ("code_challenge_method", "S256"),
    )
    return SignInFirst(f"{policy.base_url}{policy.paths.authorize}?{encode_parameters(pairs)}")


async def finish_sign_in(services: Services, parameters: Parameters, browser: Browser) -> Outcome:
    """The answer of the authorization endpoint came."""
    path = services.policy.paths.devices
    opened = open_interaction(
        services,
        _KIND,
        parameters.get("state"),
        browser_hash=browser.hash,
        now=(await services.store.load()).now,
        restart_path=path,
    )
    if isinstance(opened, ShowStale):
        return ShowStale(restart_uri=path, forged=opened.forged)
    if parameters.get("iss") != services.policy.issuer or parameters.repeated():
        return ShowStale(restart_uri=path, forged=True)
    if parameters.get("error"):
        services.events.emit("devices.not_signed_in", error=(parameters.get("error") or "")[:50])
        return ShowNotSignedIn(path)
    return Redirect(services.policy.base_url + (agreed_apps_path(path) if opened.query == "apps" else path))
