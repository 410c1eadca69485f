"""In words: a person has as many devices as they may have, or registered as many as they may in a day."""

from datetime import UTC, datetime
from typing import Final

from keyfob_server.endpoints.outcomes import ShowNoRoom
from keyfob_server.rules.policy import Paths
from keyfob_server.web.pages.device_views import NoRoomView
from keyfob_server.web.pages.device_words import ALARMS, NO_ROOM, card_of

_HOUR_S: Final = 3600
_STILL_FULL: Final = "Removed. There is still no room: one more has to go."


def no_room_view(shown: ShowNoRoom, paths: Paths) -> NoRoomView:
    account, metadata = shown.session.account, shown.client.metadata
    full, rushed = shown.no_room.first("live"), shown.no_room.first("new")
    return NoRoomView(
        action=f"{paths.authentication}/{NO_ROOM}",
        state=shown.state,
        app_name=metadata.client_name or metadata.software_id,
        user_display=account.name or account.user_name,
        certain=shown.no_room.certain,
        live=full.count if full else 0,
        new=rushed.count if rushed else 0,
        next_at=moment_words(shown.now + rushed.retry_after_s, shown.now) if rushed else "",
        cards=tuple(card_of(device, shown.now) for device in shown.devices),
        more=shown.more,
        notice=_STILL_FULL if shown.notice == "removed" else "",
        alarm=ALARMS["unknown"] if shown.notice == "unknown" else "",
    )


def moment_words(moment: int, now: int) -> str:
    """`14:05 UTC today`, or `tomorrow`, or the date; and how far off that is, for those who live by another clock."""
    at, today = datetime.fromtimestamp(moment, UTC), datetime.fromtimestamp(now, UTC).date()
    days = (at.date() - today).days
    day = ("today", "tomorrow")[days] if days in {0, 1} else f"on {at.day} {at:%B %Y}"
    return f"{at:%H:%M} UTC {day}, {_distance(moment - now)}"


def _distance(seconds: int) -> str:
    if seconds <= _HOUR_S:
        minutes = max(1, -(-seconds // 60))
        return f"in {minutes} {'minute' if minutes == 1 else 'minutes'}"
    hours = round(seconds / _HOUR_S)
    return f"in about {hours} {'hour' if hours == 1 else 'hours'}"
