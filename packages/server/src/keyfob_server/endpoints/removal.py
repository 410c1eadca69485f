"""An owner removes their own instances, after the password was given again."""

from collections.abc import Sequence
from typing import Final

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters, encode_parameters, parse_parameters
from keyfob_server.endpoints.authenticators.username_password import authenticate
from keyfob_server.endpoints.authenticators.verdict import SignInFailed
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.kill import change_status
from keyfob_server.endpoints.outcomes import RemovalError
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.acts import Act
from keyfob_server.rules.devices import Device
from keyfob_server.rules.liveness import LiveSession
from keyfob_server.rules.records import REVOKED

MAX_CLIENT_ID: Final = 100


async def find_own(services: Services, session: LiveSession, form: Parameters) -> Device | None:
    """The device that the form names, if it is this person's and not removed: another's is as good as none."""
    client_id = ClientId((form.get("device") or "")[:MAX_CLIENT_ID])
    device = await services.devices.find_device(session.account.id, client_id, session_id=session.session.id)
    return None if device is None or device.removed else device


async def remove_by_password(
    services: Services,
    session: LiveSession,
    devices: Sequence[Device],
    form: Parameters,
    browser: Browser,
    *,
    reason: str,
) -> RemovalError | None:
    """None when they are removed, by the password of this very account; else what the page that asks for it says.

    Raises TooManyRequests when too many passwords were wrong from where this one comes. Each device goes with all that
    hangs on it, and with the sign-ins of its browser, unless that is the one in use here.
    """
    if not form.get("password"):
        return "missing" if form.get("confirm") else ""
    credentials = (("username", session.account.user_name), ("password", form.get("password") or ""))
    verdict = await authenticate(services, parse_parameters(encode_parameters(credentials)), browser)
    if isinstance(verdict, SignInFailed):
        services.events.emit("devices.password_refused", account_id=session.account.id, reason=verdict.reason)
        return verdict.error
    if verdict.account.id != session.account.id:
        return ""
    for device in devices:
        act = owner_act(browser, reason)
        done = await change_status(services.store, device.client_id, REVOKED, act, end_sessions=not device.here)
        if done is not None:
            services.events.emit("instance.removed_by_owner", client_id=device.client_id, account_id=session.account.id)
    return None


def owner_act(browser: Browser, reason: str) -> Act:
    return Act("owner", reason, browser.remote.address)
