"""The pages about a person's devices, in every state that matters."""

from dataclasses import replace

from keyfob_server.web.pages.agreed_views import AgreedAppsView, AgreedCard
from keyfob_server.web.pages.device_views import DeviceCard, DevicesView, NoRoomView, RemovalView

APP = "Harbour Bank"
STATE = "1.a7.20780.c2VhbGVk"

_CARD = DeviceCard(
    client_id="0198-1",
    title="Anna's phone",
    app=APP,
    platform="Android",
    here=True,
    status="",
    kind="active",
    facts=(("Added", "3 November 2026"), ("First used", "3 November 2026"), ("Last used", "Today")),
    name="Anna's phone",
)
_CARDS = (
    _CARD,
    replace(_CARD, client_id="0198-2", title="Tablet", here=False, kind="paused", status="Switched off"),
    replace(_CARD, client_id="0198-3", title="Old phone", here=False, kind="removed", status="Removed"),
)
_DEVICES = DevicesView(
    action="/submitted",
    state=STATE,
    user_display="Demo User",
    cards=_CARDS,
    sign_out="/plain",
    agreed_apps="/plain",
    others=True,
)
_REMOVAL = RemovalView(
    action="/submitted",
    back="/plain",
    state=STATE,
    user_name="demouser",
    device="0198-1",
    names=(("Anna's phone", APP),),
)
_OLD_CARDS = (
    replace(_CARD, here=False, title="Old phone", facts=(("Added", "3 May 2024"), ("Last used", "Never"))),
    replace(
        _CARD,
        here=False,
        client_id="0198-2",
        title="Tablet",
        facts=(("Added", "7 May 2024"), ("First used", "7 May 2024"), ("Last used", "1 July 2026")),
    ),
    replace(_CARD, client_id="0198-3"),
)
_NO_ROOM = NoRoomView(
    action="/submitted",
    state=STATE,
    app_name=APP,
    user_display="Demo User",
    certain=True,
    live=20,
    cards=_OLD_CARDS,
)
_NEXT_AT = "14:05 UTC tomorrow, in about 20 hours"

_AGREED = AgreedAppsView(
    action="/submitted",
    state=STATE,
    user_display="Demo User",
    cards=(
        AgreedCard(
            client_id="0198-1",
            title=APP,
            device="Anna's phone",
            abilities=("Recognise you when you come back", "See your name"),
            facts=(("Agreed", "3 November 2026"), ("Until", "3 November 2027")),
        ),
        AgreedCard(client_id="orders-web", title="Orders", device="", abilities=(), facts=(("Agreed", "Yesterday"),)),
    ),
    devices="/plain",
    sign_out="/plain",
)

DEVICES: dict[str, DevicesView | RemovalView | NoRoomView | AgreedAppsView] = {
    "devices": replace(_DEVICES, notice="The new name is saved.", older="/plain"),
    "devices_none": replace(_DEVICES, cards=(), others=False),
    "devices_alarm": replace(
        _DEVICES,
        alarm="There was nothing to change.",
        cards=(replace(_CARD, name="x" * 101, name_error="A name has at most 100 characters."),),
        newest="/plain",
    ),
    "removal": _REMOVAL,
    "removal_wrong": replace(_REMOVAL, error="That password is not right."),
    "removal_for_room": replace(_REMOVAL, back=""),
    "no_room": _NO_ROOM,
    "no_room_perhaps": replace(_NO_ROOM, certain=False, more=True),
    "no_room_of_both": replace(_NO_ROOM, new=10, next_at=_NEXT_AT, notice="Removed. One more has to go."),
    "no_room_alarm": replace(_NO_ROOM, alarm="There was nothing to change.", cards=_OLD_CARDS[:1], live=1),
    "no_room_today": replace(_NO_ROOM, live=0, cards=(), new=10, next_at=_NEXT_AT),
    "no_room_today_perhaps": replace(_NO_ROOM, certain=False, live=0, cards=(), new=1, next_at=_NEXT_AT),
    "removal_of_others": replace(_REMOVAL, device="", names=(("Tablet", APP), ("Phone", "")), more=3),
    "agreed_apps": replace(_AGREED, notice="Withdrawn.", more="/plain"),
    "agreed_apps_none": replace(_AGREED, cards=()),
    "agreed_apps_alarm": replace(_AGREED, alarm="There was nothing to withdraw.", first="/plain"),
}


def devices_saying(text: str) -> dict[str, DevicesView | RemovalView | NoRoomView | AgreedAppsView]:
    """With `text` wherever somebody chose what is shown."""
    card = replace(_CARD, title=text, app=text, platform=text, name=text)
    return {
        "no_room": replace(_NO_ROOM, app_name=text, user_display=text, cards=(card,)),
        "no_room_today": replace(_NO_ROOM, app_name=text, user_display=text, live=0, new=10, cards=()),
        "devices": DevicesView(
            action="/submitted",
            state=STATE,
            user_display=text,
            cards=(
                DeviceCard(
                    client_id="0198-1",
                    title=text,
                    app=text,
                    platform=text,
                    here=True,
                    status="",
                    kind="active",
                    facts=(("Added", "Today"),),
                    name=text,
                    name_error="A name has at most 100 characters.",
                ),
            ),
            sign_out="/plain",
            agreed_apps="/plain",
        ),
        "removal": RemovalView(
            action="/submitted", back="/plain", state=STATE, user_name=text, device="0198-1", names=((text, text),)
        ),
        "agreed_apps": AgreedAppsView(
            action="/submitted",
            state=STATE,
            user_display=text,
            cards=(AgreedCard(client_id="0198-1", title=text, device=text, abilities=(text, text), facts=()),),
            devices="/plain",
            sign_out="/plain",
        ),
    }
