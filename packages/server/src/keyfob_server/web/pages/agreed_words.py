"""What a person agreed to, in words for that person."""

from typing import Final

from keyfob_protocol.parameters import encode_parameters
from keyfob_server.endpoints.outcomes import AgreedAppsNotice, ShowAgreedApps
from keyfob_server.rules.consent import AgreedApp
from keyfob_server.rules.devices import agreed_apps_path
from keyfob_server.rules.policy import Paths
from keyfob_server.web.pages.agreed_views import AgreedAppsView, AgreedCard
from keyfob_server.web.pages.device_words import day_words
from keyfob_server.web.pages.words import scope_words

NOTICES: Final[dict[AgreedAppsNotice, str]] = {
    "": "",
    "unknown": "",
    "withdrawn": "Withdrawn. That app is signed out of your account, and asks you before it can use it again.",
}
ALARMS: Final[dict[AgreedAppsNotice, str]] = {
    "": "",
    "withdrawn": "",
    "unknown": "There was nothing to withdraw. Perhaps it was withdrawn in the meantime.",
}


def agreed_apps_view(shown: ShowAgreedApps, paths: Paths) -> AgreedAppsView:
    account = shown.session.account
    here = agreed_apps_path(paths.devices)
    newest_first = sorted(shown.apps, key=lambda app: app.created, reverse=True)
    return AgreedAppsView(
        action=here,
        state=shown.state,
        user_display=account.name or account.user_name,
        cards=tuple(_card(app, shown) for app in newest_first),
        devices=paths.devices,
        sign_out=paths.end_session,
        notice=NOTICES[shown.notice],
        alarm=ALARMS[shown.notice],
        first=here if shown.before else "",
        more=f"{here}?{encode_parameters([('after', shown.after)])}" if shown.after else "",
    )


def _card(app: AgreedApp, shown: ShowAgreedApps) -> AgreedCard:
    return AgreedCard(
        client_id=app.client_id,
        title=app.app_name or "An app without a name",
        device=app.device_name,
        abilities=scope_words(app.scope, shown.scope_texts),
        facts=(("Agreed", day_words(app.created, shown.now)), ("Until", day_words(app.expires, shown.now))),
    )
