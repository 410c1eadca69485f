"""The form of the page that asks which device to remove: then the request that it belongs to is judged anew."""

from dataclasses import replace
from typing import Final

from keyfob_protocol.errors import AccessDenied
from keyfob_protocol.parameters import Parameters, parse_parameters
from keyfob_server.endpoints.authorize import NO_ROOM, authorize
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.interaction import open_interaction
from keyfob_server.endpoints.outcomes import Outcome, ShowNoRoom, ShowRemoval, ShowStale
from keyfob_server.endpoints.removal import find_own, remove_by_password
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.authorize import Step
from keyfob_server.rules.liveness import live_session

_DENIED: Final = "this account has no room for another device, and none was removed"


async def make_room(services: Services, form: Parameters, browser: Browser) -> Outcome:
    """Raises TooManyRequests when too many passwords were wrong from where this one comes.

    Nothing is removed where there is room by now: somebody pressed twice, or a day went by.
    """
    loaded = await services.store.load(session_id=browser.session_id)
    path = services.policy.paths.authorize
    claims = open_interaction(
        services, NO_ROOM, form.get("state"), browser_hash=browser.hash, now=loaded.now, restart_path=path
    )
    if isinstance(claims, ShowStale):
        return claims
    session = live_session(loaded, idle_s=services.policy.session_idle_s)
    if session is None or claims.session_id != session.session.id:
        return ShowStale(restart_uri=f"{path}?{claims.query}", forged=False)
    request = parse_parameters(claims.query)
    if form.get("cancel"):
        return await authorize(services, request, browser, Step(refusal=AccessDenied(_DENIED, reason="no room")))
    step = Step(asked_for_room=True, without_room=bool(form.get("go_on")))
    page = await authorize(services, request, browser, step)
    if isinstance(page, ShowNoRoom) and form.get("do") == "remove" and not form.get("keep"):
        return await _remove(services, page, request, form, browser)
    return page


async def _remove(
    services: Services, page: ShowNoRoom, request: Parameters, form: Parameters, browser: Browser
) -> Outcome:
    device = await find_own(services, page.session, form)
    if device is None:
        return replace(page, notice="unknown")
    error = await remove_by_password(
        services, page.session, (device,), form, browser, reason="removed to make room for another device"
    )
    if error is not None:
        return ShowRemoval(page.session, page.state, (device,), False, error, page.redirect_uri)  # noqa: FBT003 - as declared
    after = await authorize(services, request, browser, Step(asked_for_room=True))
    return replace(after, notice="removed") if isinstance(after, ShowNoRoom) else after
