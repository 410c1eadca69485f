from datetime import UTC, datetime
from typing import Final

import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
from keyfob_server.endpoints.outcomes import ShowNoRoom, ShowRemoval
from keyfob_server.rules.devices import Device
from keyfob_server.rules.liveness import LiveSession
from keyfob_server.rules.policy import Paths
from keyfob_server.rules.records import Account, Authentication, Client, Session
from keyfob_server.rules.registration_limits import NoRoom, TooMany
from keyfob_server.web.pages.device_words import removal_view
from keyfob_server.web.pages.room_words import moment_words, no_room_view

NOW: Final = 1_795_000_000
"""18 November 2026, 11:06:40 UTC."""
PATH: Final = "/authn/authentication/no-room"
FULL: Final = TooMany("full", 3600, "live", 20)
RUSHED: Final = TooMany("rushed", 7200, "new", 10)

_ACCOUNT = Account(id=AccountId("a"), user_name="anna", status="active", generation=1, created=1)
_AUTHENTICATION = Authentication(NOW, "acr", ("pwd",))
_SESSION = LiveSession(Session(SessionId("s"), _ACCOUNT.id, 1, _AUTHENTICATION, "active", NOW, NOW, NOW + 9), _ACCOUNT)
_CLIENT = Client(ClientId("c"), "static", "active", 1, ClientMetadata(redirect_uris=(), scope=(), software_id="soft"))
_DEVICE = Device(ClientId("id"), "Bank", "Phone", "ios", "active", "", NOW, NOW, None, None, here=False)


def shown(no_room: NoRoom, notice: str = "") -> ShowNoRoom:
    return ShowNoRoom(_CLIENT, "app:/cb", "state", _SESSION, no_room, (_DEVICE,), False, NOW, notice)  # type: ignore[arg-type] # noqa: FBT003 - as declared


@pytest.mark.parametrize(
    ("after_s", "words"),
    [
        (1, "11:06 UTC today, in 1 minute"),
        (60, "11:07 UTC today, in 1 minute"),
        (61, "11:07 UTC today, in 2 minutes"),
        (3600, "12:06 UTC today, in 60 minutes"),
        (3601, "12:06 UTC today, in about 1 hour"),
        (12 * 3600, "23:06 UTC today, in about 12 hours"),
        (86400, "11:06 UTC tomorrow, in about 24 hours"),
        (2 * 86400, "11:06 UTC on 20 November 2026, in about 48 hours"),
    ],
)
def test_a_moment_is_said_by_the_clock_and_by_how_far_off_it_is(after_s: int, words: str) -> None:
    assert datetime.fromtimestamp(NOW, UTC).hour == 11
    assert moment_words(NOW + after_s, NOW) == words


def test_the_page_says_what_there_is_too_much_of() -> None:
    view = no_room_view(shown(NoRoom({None: FULL}, certain=True)), Paths())
    assert (view.action, view.app_name, view.user_display) == (PATH, "soft", "anna")
    assert (view.live, view.new, view.next_at, view.certain) == (20, 0, "", True)
    assert [(card.title, card.app, card.platform) for card in view.cards] == [("Phone", "Bank", "ios")]
    view = no_room_view(shown(NoRoom({None: RUSHED}, certain=False)), Paths())
    assert (view.live, view.new, view.next_at) == (0, 10, "13:06 UTC today, in about 2 hours")
    both = no_room_view(shown(NoRoom({None: RUSHED, ClientId("t"): FULL}, certain=True)), Paths())
    assert (both.live, both.new) == (20, 10)


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        ("", ("", "")),
        ("removed", ("Removed. There is still no room: one more has to go.", "")),
        ("unknown", ("", "There was nothing to change. Perhaps the device was removed in the meantime.")),
    ],
)
def test_the_page_says_what_became_of_the_last_removal(notice: str, said: tuple[str, str]) -> None:
    view = no_room_view(shown(NoRoom({None: FULL}, certain=True), notice), Paths())
    assert (view.notice, view.alarm) == said


def test_a_removal_in_the_middle_of_a_request_stays_there() -> None:
    view = removal_view(ShowRemoval(_SESSION, "state", (_DEVICE,), False, "", "app:/cb"), Paths())  # noqa: FBT003 - as declared
    assert (view.action, view.back) == (PATH, "")
    view = removal_view(ShowRemoval(_SESSION, "state", (_DEVICE,), all_others=False, error=""), Paths())
    assert (view.action, view.back) == ("/devices", "/devices")
