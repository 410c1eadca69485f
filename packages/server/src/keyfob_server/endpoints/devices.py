"""My devices: an owner sees their app instances, gives them names, and removes one or all others."""

from collections.abc import Sequence
from typing import Final

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.devices_sign_in import begin_sign_in, session_of
from keyfob_server.endpoints.interaction import open_interaction, seal_interaction
from keyfob_server.endpoints.outcomes import (
    DevicesNotice,
    Outcome,
    Redirect,
    ShowDevices,
    ShowRemoval,
    ShowStale,
)
from keyfob_server.endpoints.removal import MAX_CLIENT_ID, find_own, owner_act, remove_by_password
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.devices import Device, cleaned_name, name_fault
from keyfob_server.rules.liveness import LiveSession, live_session

PAGE: Final = 50
_KIND: Final = "devices"
_MOST_PAGES: Final = 100
"""Of those that "all others" looks at."""


async def show_devices(services: Services, query: Parameters, browser: Browser) -> Outcome:
    """The list, or to the sign-in."""
    session, now = await session_of(services, browser)
    if session is None:
        return begin_sign_in(services, browser, now=now)
    before = (query.get("before") or "")[:MAX_CLIENT_ID]
    done: DevicesNotice = "renamed" if query.get("done") == "renamed" else ""
    if query.get("done") == "removed":
        done = "removed"
    return await _list(services, session, browser, now=now, before=before, notice=done)


async def change_devices(services: Services, form: Parameters, browser: Browser) -> Outcome:
    """A form of the list, or of the page that asks for the password; `do` says which button.

    Raises TooManyRequests when too many passwords were wrong from where this one comes.
    """
    loaded = await services.store.load(session_id=browser.session_id)
    session = live_session(loaded, idle_s=services.policy.session_idle_s)
    path, now = services.policy.paths.devices, loaded.now
    opened = open_interaction(services, _KIND, form.get("state"), browser_hash=browser.hash, now=now, restart_path=path)
    if isinstance(opened, ShowStale):
        return ShowStale(restart_uri=path, forged=opened.forged)
    if session is None or opened.session_id != session.session.id:
        return ShowStale(restart_uri=path, forged=False)
    if form.get("do") == "remove_others":
        others = await _others(services, session)
        return await _remove(services, session, others, form, browser, now=now, all_others=True)
    device = await find_own(services, session, form)
    if form.get("do") == "rename" and device is not None:
        return await _rename(services, session, device, form, browser, now=now)
    removed = (device,) if form.get("do") == "remove" and device is not None else ()
    return await _remove(services, session, removed, form, browser, now=now)


async def _rename(
    services: Services, session: LiveSession, device: Device, form: Parameters, browser: Browser, *, now: int
) -> Outcome:
    name = cleaned_name(form.get("name") or "")
    if fault := name_fault(name):
        return await _list(services, session, browser, now=now, faulty=(device.client_id, name, fault))
    renamed = await services.devices.rename_device(
        session.account.id, device.client_id, name, act=owner_act(browser, "renamed on the page of devices")
    )
    if not renamed:
        return await _list(services, session, browser, now=now, notice="unknown")
    return _back(services, "renamed")


async def _remove(
    services: Services,
    session: LiveSession,
    devices: Sequence[Device],
    form: Parameters,
    browser: Browser,
    *,
    now: int,
    all_others: bool = False,
) -> Outcome:
    """After the password of this very account, which is asked for on a page that names what goes."""
    if not devices:
        return await _list(services, session, browser, now=now, notice="unknown")
    error = await remove_by_password(services, session, devices, form, browser, reason="removed on the page of devices")
    if error is not None:
        return ShowRemoval(session, _state(services, session, browser, now), tuple(devices), all_others, error)
    if all_others:
        await services.devices.end_other_sessions(
            session.account.id,
            session.account.user_name,
            session.session.id,
            act=owner_act(browser, "removed all others on the page of devices"),
        )
    return _back(services, "removed")


async def _others(services: Services, session: LiveSession) -> list[Device]:
    found: list[Device] = []
    before = ""
    for _ in range(_MOST_PAGES):
        page = await services.devices.list_devices(
            session.account.id, session_id=session.session.id, before=before, limit=PAGE
        )
        found += [device for device in page if not device.removed and not device.here]
        if len(page) < PAGE:
            break
        before = page[-1].client_id
    return found


async def _list(
    services: Services,
    session: LiveSession,
    browser: Browser,
    *,
    now: int,
    before: str = "",
    notice: DevicesNotice = "",
    faulty: tuple[ClientId, str, str] | None = None,
) -> ShowDevices:
    found = await services.devices.list_devices(
        session.account.id, session_id=session.session.id, before=before, limit=PAGE + 1
    )
    return ShowDevices(
        session=session,
        state=_state(services, session, browser, now),
        devices=tuple(found[:PAGE]),
        now=now,
        before=before,
        after=found[PAGE - 1].client_id if len(found) > PAGE else "",
        notice=notice,
        faulty=faulty,
    )


def _state(services: Services, session: LiveSession, browser: Browser, now: int) -> str:
    return seal_interaction(
        services, _KIND, browser_hash=browser.hash, session_id=session.session.id, query="", now=now
    )


def _back(services: Services, done: str) -> Redirect:
    return Redirect(f"{services.policy.base_url}{services.policy.paths.devices}?{encode_parameters([('done', done)])}")
