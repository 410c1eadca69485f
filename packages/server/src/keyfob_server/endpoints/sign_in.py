"""The sign-in form and the confirmation form: the request that they belong to is judged anew each time."""

from dataclasses import replace

from keyfob_protocol.errors import AccessDenied
from keyfob_protocol.parameters import Parameters, parse_parameters
from keyfob_server.endpoints.authenticators import AUTHENTICATORS
from keyfob_server.endpoints.authenticators.verdict import SignedIn, SignInFailed
from keyfob_server.endpoints.authorize import authorize
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.interaction import open_interaction
from keyfob_server.endpoints.outcomes import (
    FormPost,
    Outcome,
    Redirect,
    ShowConfirmation,
    ShowError,
    ShowNoRoom,
    ShowSignIn,
    ShowStale,
)
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.sign_in_limits import device_cookie
from keyfob_server.rules.authorize import Step
from keyfob_server.rules.records import ACTIVE, Authentication, Session
from keyfob_server.rules.sealed_claims import InteractionClaims
from keyfob_server.rules.sessions import cookie_from, session_id_of


async def sign_in(services: Services, authenticator: str, form: Parameters, browser: Browser) -> Outcome:
    """Check what was typed; then go on with the request, as the person who signed in. Raises KeyError for an unknown
    `authenticator`, TooManyRequests when too many sign-ins failed from where this one comes.
    """
    authenticate = AUTHENTICATORS[authenticator]
    claims = await _open(services, "sign_in", form, browser)
    if isinstance(claims, ShowStale):
        return claims
    request = parse_parameters(claims.query)
    if form.get("cancel"):
        return await _deny(services, request, browser)
    verdict = await authenticate(services, form, browser)
    match verdict:
        case SignInFailed(error, reason):
            services.events.emit("sign_in.failed", client_id=request.get("client_id"), reason=reason)
            page = await authorize(services, request, browser, Step(retry=True))
            if not isinstance(page, ShowSignIn):
                return page
            return replace(page, user_name=form.get("username") or "", error=error)
        case SignedIn():
            return await _go_on(services, request, browser, verdict)


async def confirm(services: Services, form: Parameters, browser: Browser) -> Outcome:
    """The person pressed a button of the page that asked for agreement."""
    claims = await _open(services, "confirm", form, browser)
    if isinstance(claims, ShowStale):
        return claims
    request = parse_parameters(claims.query)
    if claims.session_id != (browser.session_id or ""):
        return ShowStale(restart_uri=f"{services.policy.paths.authorize}?{claims.query}", forged=False)
    if form.get("allow"):
        return await authorize(services, request, browser, Step(confirmed=True))
    if form.get("switch"):
        return await authorize(services, request, browser, Step(switch=True))
    return await _deny(services, request, browser)


async def _open(services: Services, kind: str, form: Parameters, browser: Browser) -> InteractionClaims | ShowStale:
    return open_interaction(
        services,
        kind,
        form.get("state"),
        browser_hash=browser.hash,
        now=(await services.store.load()).now,
        restart_path=services.policy.paths.authorize,
    )


async def _deny(services: Services, request: Parameters, browser: Browser) -> Outcome:
    """The person pressed Cancel: the app is told, if it may be."""
    error = AccessDenied("the person said no", reason="cancelled")
    return await authorize(services, request, browser, Step(refusal=error))


async def _go_on(services: Services, request: Parameters, browser: Browser, verdict: SignedIn) -> Outcome:
    policy, now = services.policy, verdict.now
    cookie = cookie_from(services.entropy.bytes(32))
    session_id = session_id_of(cookie)
    if session_id is None:
        raise AssertionError("a fresh cookie has the form of a cookie")
    session = Session(
        id=session_id,
        account_id=verdict.account.id,
        account_generation=verdict.account.generation,
        authentication=Authentication(now, policy.acr, verdict.amr),
        status=ACTIVE,
        created=now,
        seen_at=now,
        expires=now + policy.session_absolute_s,
    )
    await services.sessions.add_session(session)
    if browser.session_id is not None:
        await services.sessions.end_session(browser.session_id)
    services.events.emit("sign_in.done", client_id=request.get("client_id"), account_id=verdict.account.id)
    outcome = await authorize(services, request, replace(browser, session_id=session_id), Step(signed_in=True))
    if isinstance(outcome, Redirect | FormPost | ShowConfirmation | ShowNoRoom | ShowError):
        known = device_cookie(services, browser, verdict.account.id, now)
        return replace(outcome, session_cookie=cookie, device_cookie=known)
    return outcome
