from typing import Final

import pytest

from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
from keyfob_server.endpoints.outcomes import ShowDevices, ShowRemoval
from keyfob_server.rules.devices import Device
from keyfob_server.rules.liveness import LiveSession
from keyfob_server.rules.policy import Paths
from keyfob_server.rules.records import Account, Authentication, Session
from keyfob_server.web.pages.device_views import DeviceCard
from keyfob_server.web.pages.device_words import day_words, devices_view, removal_view

NOW: Final = 1_795_000_000
"""18 November 2026, 11:06 UTC."""
DAY: Final = 86400


def session() -> LiveSession:
    account = Account(id=AccountId("a"), user_name="anna", status="active", generation=1, created=1)
    authentication = Authentication(NOW, "acr", ("pwd",))
    return LiveSession(Session(SessionId("s"), account.id, 1, authentication, "active", NOW, NOW, NOW + 9), account)


def device(status: str = "active", *, name: str = "", app: str = "", here: bool = False) -> Device:
    return Device(ClientId("id"), app, name, "", status, "", NOW, NOW - DAY, None, None, here)


def card(one: Device) -> DeviceCard:
    return devices_view(ShowDevices(session(), "state", (one,), NOW, "", "", "", None), Paths()).cards[0]


@pytest.mark.parametrize(
    ("moment", "words"),
    [(NOW, "Today"), (NOW - DAY, "Yesterday"), (NOW - 2 * DAY, "16 November 2026"), (0, "1 January 1970")],
)
def test_a_day_is_said_as_people_say_it(moment: int, words: str) -> None:
    assert day_words(moment, NOW) == words


@pytest.mark.parametrize(
    ("name", "app", "title", "beside"),
    [("Phone", "Bank", "Phone", "Bank"), ("", "Bank", "Bank", ""), ("", "", "A device without a name", "")],
)
def test_a_device_is_called_by_its_name_else_by_its_app(name: str, app: str, title: str, beside: str) -> None:
    shown = card(device(name=name, app=app))
    assert (shown.title, shown.app) == (title, beside)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("active", "", "active"),
        ("inactive", "Switched off by an administrator", "paused"),
        ("revoked", "Removed", "removed"),
        ("deleted", "Removed in the app", "removed"),
        ("expired", "Removed, because it was not used", "removed"),
    ],
)
def test_each_status_has_words_for_a_person(status: str, words: str, kind: str) -> None:
    shown = card(device(status))
    assert (shown.status, shown.kind) == (words, kind)


def test_a_removed_device_says_when_and_is_not_of_this_browser_any_more() -> None:
    shown = card(device("revoked", here=True))
    assert not shown.here
    assert shown.facts == (("Added", "Yesterday"), ("Last used", "Never"), ("Removed", "Today"))


def test_all_others_are_offered_only_where_there_are_any() -> None:
    def offered(*devices: Device, after: str = "") -> bool:
        return devices_view(ShowDevices(session(), "state", devices, NOW, "", after, "", None), Paths()).others

    assert [offered(), offered(device(here=True)), offered(device("revoked"))] == [False] * 3
    assert [offered(device()), offered(device(here=True), after="id")] == [True] * 2


def test_at_most_ten_are_named_before_all_others_are_removed() -> None:
    shown = ShowRemoval(session(), "state", (device(name="Phone"),) * 12, all_others=True, error="")
    view = removal_view(shown, Paths())
    assert (len(view.names), view.more, view.device) == (10, 2, "")
