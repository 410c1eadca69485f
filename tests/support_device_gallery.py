"""The pages about a person's devices, in every state that matters."""

from dataclasses import replace

from keyfob_server.web.pages.device_views import DeviceCard, DevicesView, RemovalView

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
    action="/submitted", state=STATE, user_display="Demo User", cards=_CARDS, sign_out="/plain", others=True
)
_REMOVAL = RemovalView(
    action="/submitted",
    back="/plain",
    state=STATE,
    user_name="demouser",
    device="0198-1",
    names=(("Anna's phone", APP),),
)

DEVICES: dict[str, DevicesView | RemovalView] = {
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
    "removal_of_others": replace(_REMOVAL, device="", names=(("Tablet", APP), ("Phone", "")), more=3),
}


def devices_saying(text: str) -> dict[str, DevicesView | RemovalView]:
    """With `text` wherever somebody chose what is shown."""
    return {
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
        ),
        "removal": RemovalView(
            action="/submitted", back="/plain", state=STATE, user_name=text, device="0198-1", names=((text, text),)
        ),
    }
