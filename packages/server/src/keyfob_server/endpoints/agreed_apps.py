"""Apps you agreed to: a person sees what they allowed without being asked again, and takes it back.

No password is asked for: withdrawing gives nobody anything, and whoever did it by mistake is asked again by the app.
"""

from typing import Final

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.devices_sign_in import begin_sign_in, session_of
from keyfob_server.endpoints.interaction import open_interaction, seal_interaction
from keyfob_server.endpoints.outcomes import AgreedAppsNotice, Outcome, Redirect, ShowAgreedApps, ShowStale
from keyfob_server.endpoints.scope_texts import scope_texts
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.acts import Act
from keyfob_server.rules.devices import agreed_apps_path
from keyfob_server.rules.liveness import LiveSession

PAGE: Final = 50
_KIND: Final = "agreed_apps"
_MAX_CLIENT_ID: Final = 200


async def show_agreed_apps(services: Services, query: Parameters, browser: Browser) -> Outcome:
    """The list, or to the sign-in. Raises StorageUnavailable."""
    session, now = await session_of(services, browser)
    if session is None:
        return begin_sign_in(services, browser, now=now, to="apps")
    after = (query.get("after") or "")[:_MAX_CLIENT_ID]
    done: AgreedAppsNotice = "withdrawn" if query.get("done") == "withdrawn" else ""
    return await _list(services, session, browser, now=now, after=after, notice=done)


async def withdraw_consent(services: Services, form: Parameters, browser: Browser) -> Outcome:
    """A form of the list, for `client`. Raises StorageUnavailable."""
    session, now = await session_of(services, browser)
    path = agreed_apps_path(services.policy.paths.devices)
    opened = open_interaction(services, _KIND, form.get("state"), browser_hash=browser.hash, now=now, restart_path=path)
    if isinstance(opened, ShowStale):
        return ShowStale(restart_uri=path, forged=opened.forged)
    if session is None or opened.session_id != session.session.id:
        return ShowStale(restart_uri=path, forged=False)
    account, client_id = session.account, ClientId((form.get("client") or "")[:_MAX_CLIENT_ID])
    act = Act("owner", "withdrawn on the page of apps", browser.remote.address)
    if not await services.consents.withdraw_consent(account.id, account.user_name, client_id, act=act):
        return await _list(services, session, browser, now=now, notice="unknown")
    services.events.emit("consent.withdrawn", client_id=client_id, account_id=account.id)
    return Redirect(f"{services.policy.base_url}{path}?{encode_parameters([('done', 'withdrawn')])}")


async def _list(
    services: Services,
    session: LiveSession,
    browser: Browser,
    *,
    now: int,
    after: str = "",
    notice: AgreedAppsNotice = "",
) -> ShowAgreedApps:
    found = await services.consents.list_agreed_apps(
        session.account.id, lifetime_s=services.policy.consent_lifetime_s, after=after, limit=PAGE + 1
    )
    state = seal_interaction(
        services, _KIND, browser_hash=browser.hash, session_id=session.session.id, query="", now=now
    )
    return ShowAgreedApps(
        session=session,
        state=state,
        apps=tuple(found[:PAGE]),
        scope_texts=await scope_texts(services),
        now=now,
        before=after,
        after=found[PAGE - 1].client_id if len(found) > PAGE else "",
        notice=notice,
    )
