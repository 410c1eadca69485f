"""A person's devices in words for that person."""

from datetime import UTC, datetime
from typing import Final

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import encode_parameters
from keyfob_server.endpoints.outcomes import DevicesNotice, RemovalError, ShowDevices, ShowRemoval
from keyfob_server.rules.devices import Device, agreed_apps_path
from keyfob_server.rules.policy import Paths
from keyfob_server.web.pages.device_views import DeviceCard, DevicesView, RemovalView

NO_ROOM: Final = "no-room"
"""The last part of the path where devices are removed to make room."""
_NAMED: Final = 10
"""So many are named before they are removed together."""

NOTICES: Final[dict[DevicesNotice, str]] = {
    "": "",
    "unknown": "",
    "renamed": "The new name is saved.",
    "removed": "Removed. The app there can no longer use your account; to use it again, it has to be set up anew.",
}
ALARMS: Final[dict[DevicesNotice, str]] = {
    "": "",
    "renamed": "",
    "removed": "",
    "unknown": "There was nothing to change. Perhaps the device was removed in the meantime.",
}
REMOVAL_ERRORS: Final[dict[RemovalError, str]] = {
    "": "",
    "missing": "Type your password.",
    "wrong": "That password is not right, or it was tried too often. Nothing was changed.",
    "busy": "Too many passwords are being checked right now. Please try again in a moment.",
}
_ENDS: Final = {
    "revoked": "Removed",
    "deleted": "Removed in the app",
    "expired": "Removed, because it was not used",
}


def devices_view(shown: ShowDevices, paths: Paths) -> DevicesView:
    account = shown.session.account
    older = encode_parameters([("before", shown.after)])
    return DevicesView(
        action=paths.devices,
        state=shown.state,
        user_display=account.name or account.user_name,
        cards=tuple(card_of(device, shown.now, shown.faulty) for device in shown.devices),
        sign_out=paths.end_session,
        agreed_apps=agreed_apps_path(paths.devices),
        notice=NOTICES[shown.notice],
        alarm=ALARMS[shown.notice],
        others=bool(shown.before or shown.after) or any(not one.here and not one.removed for one in shown.devices),
        newest=paths.devices if shown.before else "",
        older=f"{paths.devices}?{older}" if shown.after else "",
    )


def removal_view(shown: ShowRemoval, paths: Paths) -> RemovalView:
    return RemovalView(
        action=f"{paths.authentication}/{NO_ROOM}" if shown.redirect_uri else paths.devices,
        back="" if shown.redirect_uri else paths.devices,
        state=shown.state,
        user_name=shown.session.account.user_name,
        device="" if shown.all_others else shown.devices[0].client_id,
        names=tuple((title_of(one), one.app_name if one.name else "") for one in shown.devices[:_NAMED]),
        more=max(0, len(shown.devices) - _NAMED),
        error=REMOVAL_ERRORS[shown.error],
    )


def title_of(device: Device) -> str:
    return device.name or device.app_name or "A device without a name"


def day_words(moment: int, now: int) -> str:
    """`Today`, `Yesterday`, or `3 November 2026`: the day in UTC."""
    day, today = datetime.fromtimestamp(moment, UTC).date(), datetime.fromtimestamp(now, UTC).date()
    days = (today - day).days
    if days in {0, 1}:
        return "Yesterday" if days else "Today"
    return f"{day.day} {day:%B %Y}"


def card_of(device: Device, now: int, faulty: tuple[ClientId, str, str] | None = None) -> DeviceCard:
    """`faulty` is the device whose new name was refused, that name, and why."""
    name, error = device.name, ""
    if faulty is not None and faulty[0] == device.client_id:
        _, name, error = faulty
    return DeviceCard(
        client_id=device.client_id,
        title=title_of(device),
        app=device.app_name if device.name else "",
        platform=device.platform,
        here=device.here and not device.removed,
        status=_ENDS[device.status] if device.removed else "Switched off by an administrator" if device.paused else "",
        kind="removed" if device.removed else "paused" if device.paused else "active",
        facts=_facts(device, now),
        name=name,
        name_error=error,
    )


def _facts(device: Device, now: int) -> tuple[tuple[str, str], ...]:
    facts = [("Added", day_words(device.created, now))]
    if device.first_used is not None:
        facts.append(("First used", day_words(device.first_used, now)))
    facts.append(("Last used", day_words(device.last_used, now) if device.last_used is not None else "Never"))
    if device.removed and device.status_at is not None:
        facts.append(("Removed", day_words(device.status_at, now)))
    return tuple(facts)
