from typing import Final

from keyfob_protocol.identifiers import AccountId, ClientId, SessionId
from keyfob_server.endpoints.outcomes import AgreedAppsNotice, ShowAgreedApps
from keyfob_server.rules.consent import AgreedApp
from keyfob_server.rules.liveness import LiveSession
from keyfob_server.rules.policy import Paths
from keyfob_server.rules.records import Account, Authentication, Session
from keyfob_server.rules.scope_texts import ScopeTexts
from keyfob_server.web.pages.agreed_views import AgreedAppsView, AgreedCard
from keyfob_server.web.pages.agreed_words import agreed_apps_view

NOW: Final = 1_795_000_000
"""18 November 2026, 11:06 UTC."""
DAY: Final = 86400


def view(
    *apps: AgreedApp, before: str = "", after: str = "", notice: AgreedAppsNotice = "", name: str = "Anna Example"
) -> AgreedAppsView:
    account = Account(id=AccountId("a"), user_name="anna", status="active", generation=1, created=1, name=name)
    authentication = Authentication(NOW, "acr", ("pwd",))
    session = Session(SessionId("s"), account.id, 1, authentication, "active", NOW, NOW, NOW + 9)
    texts = ScopeTexts((("orders", "See your orders"),))
    shown = ShowAgreedApps(LiveSession(session, account), "state", apps, texts, NOW, before, after, notice)
    return agreed_apps_view(shown, Paths(devices="/mine"))


def app(client_id: str = "id", *, name: str = "Bank", created: int = NOW) -> AgreedApp:
    return AgreedApp(ClientId(client_id), name, "Phone", ("openid", "orders", "raw", "dcr"), created, NOW + 2 * DAY)


def test_an_app_is_said_with_its_device_its_scopes_and_its_days() -> None:
    assert view(app()).cards == (
        AgreedCard(
            "id",
            "Bank",
            "Phone",
            ("Recognise you when you come back", "See your orders", "raw"),
            (("Agreed", "Today"), ("Until", "20 November 2026")),
        ),
    )


def test_what_was_agreed_to_last_comes_first() -> None:
    shown = view(app("old", created=NOW - DAY), app("new"), app("older", created=NOW - 2 * DAY))
    assert [card.client_id for card in shown.cards] == ["new", "old", "older"]


def test_an_app_without_a_name_says_so() -> None:
    assert view(app(name="")).cards[0].title == "An app without a name"


def test_a_person_is_called_by_their_name_else_by_their_user_name() -> None:
    assert (view().user_display, view(name="").user_display) == ("Anna Example", "anna")


def test_each_notice_is_said_once() -> None:
    assert [
        (bool(one.notice), bool(one.alarm)) for one in (view(), view(notice="withdrawn"), view(notice="unknown"))
    ] == [
        (False, False),
        (True, False),
        (False, True),
    ]


def test_the_addresses_are_those_of_the_policy_and_pages_go_on_by_client_id() -> None:
    shown = view(app(), before="a&b", after="c d")
    assert (shown.action, shown.devices, shown.first) == ("/mine/apps", "/mine", "/mine/apps")
    assert shown.more == "/mine/apps?after=c%20d"
    assert (view().first, view().more) == ("", "")
