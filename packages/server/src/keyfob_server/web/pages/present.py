"""From an outcome to the page, redirect and cookies that the browser gets."""

from dataclasses import dataclass
from typing import assert_never

from starlette.responses import Response

from keyfob_protocol.redirect_uris import form_action_source, redirect_uri_kind
from keyfob_server.endpoints import outcomes
from keyfob_server.endpoints.authenticators.username_password import NAME as PASSWORD
from keyfob_server.rules.admin_client import ADMIN_CLIENT_ID
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import Account, Client
from keyfob_server.web.headers import security_headers
from keyfob_server.web.pages import views
from keyfob_server.web.pages.agreed_words import agreed_apps_view
from keyfob_server.web.pages.cookies import Cookies
from keyfob_server.web.pages.device_words import devices_view, removal_view
from keyfob_server.web.pages.render import Pages
from keyfob_server.web.pages.room_words import no_room_view
from keyfob_server.web.pages.words import ERROR_PAGES, SIGN_IN_ERRORS, error_advice, scope_words

_REFUSED = 403
_MISSING = 404
_UNFIT = 422
_SEE_OTHER = 303
_UNAVAILABLE = 503
_BUSY_S = 5
"""Until the passwords that wait are checked."""


@dataclass(frozen=True, slots=True)
class Presenter:
    pages: Pages
    cookies: Cookies
    policy: Policy

    def present(self, outcome: outcomes.Outcome, *, request_id: str) -> Response:
        response = self._page(outcome, request_id)
        cookie = getattr(outcome, "session_cookie", None)
        if cookie is not None:
            response.headers.append("set-cookie", self.cookies.set_session(cookie))
        device = getattr(outcome, "device_cookie", None)
        if device is not None:
            lifetime_s = self.policy.limits.known_device_s
            response.headers.append("set-cookie", self.cookies.set_device(device, lifetime_s=lifetime_s))
        return response

    def _page(self, outcome: outcomes.Outcome, request_id: str) -> Response:
        match outcome:
            case outcomes.Redirect() | outcomes.SignInFirst():
                return see_other(outcome.uri, https=self.pages.https)
            case outcomes.FormPost():
                view = views.FormPostView(views.BackLink(outcome.uri, outcome.fields))
                return self.pages.render(view, form_action=(form_action_source(outcome.uri),))
            case outcomes.ShowSignIn():
                return self._sign_in(outcome)
            case outcomes.ShowConfirmation():
                return self._confirmation(outcome)
            case outcomes.ShowError():
                return self._error(outcome, request_id)
            case outcomes.ShowStale():
                return self.pages.render(
                    views.StaleView(outcome.restart_uri), status=_REFUSED if outcome.forged else None
                )
            case outcomes.ShowSignOut() | outcomes.ShowSignedOut() | outcomes.ShowStayed():
                return self._leaving(outcome)
            case (
                outcomes.ShowDevices() | outcomes.ShowRemoval() | outcomes.ShowAgreedApps() | outcomes.ShowNotSignedIn()
            ):
                return self._devices(outcome)
            case outcomes.ShowNoRoom():
                return self.pages.render(
                    no_room_view(outcome, self.policy.paths),
                    status=_MISSING if outcome.notice == "unknown" else None,
                    form_action=(form_action_source(outcome.redirect_uri),),
                )
            case _:
                assert_never(outcome)

    def _sign_in(self, outcome: outcomes.ShowSignIn) -> Response:
        view = views.SignInView(
            app_name=_name(outcome.client),
            action=f"{self.policy.paths.authentication}/{PASSWORD}",
            state=outcome.state,
            user_name=outcome.user_name,
            error=SIGN_IN_ERRORS[outcome.error or ("owner" if outcome.other_owner else "")],
            wrong_fields=("username", "password") if outcome.error == "wrong" else (),
            registering=outcome.registering,
            administrating=outcome.client.client_id == ADMIN_CLIENT_ID,
        )
        busy = outcome.error == "busy"
        page = self.pages.render(
            view, status=_UNAVAILABLE if busy else None, form_action=(form_action_source(outcome.redirect_uri),)
        )
        if busy:
            page.headers["Retry-After"] = str(_BUSY_S)
        return page

    def _confirmation(self, outcome: outcomes.ShowConfirmation) -> Response:
        registering = outcome.kind == "register"
        view = views.ConfirmView(
            app_name=_name(outcome.client),
            user_display=_person(outcome.session.account),
            redirect_display=_origin(outcome.redirect_uri),
            action=f"{self.policy.paths.authentication}/confirm",
            state=outcome.state,
            registering=registering,
            claiming=outcome.kind == "claim",
            device_name=outcome.client.metadata.instance_name,
            scopes=() if registering else scope_words(outcome.scope, outcome.scope_texts),
        )
        return self.pages.render(view, form_action=(form_action_source(outcome.redirect_uri),))

    def _error(self, outcome: outcomes.ShowError, request_id: str) -> Response:
        title, text = ERROR_PAGES[outcome.kind]
        back = views.BackLink(outcome.back_uri, outcome.back_fields) if outcome.back_uri else None
        advice = error_advice(outcome.error.code, outcome.error.description)
        sources = (form_action_source(outcome.back_uri),) if outcome.back_fields else ()
        view = views.ErrorView(title, text, advice, back)
        return self.pages.render(view, form_action=sources, request_id=request_id)

    def _leaving(self, outcome: outcomes.ShowSignOut | outcomes.ShowSignedOut | outcomes.ShowStayed) -> Response:
        match outcome:
            case outcomes.ShowSignOut():
                return self._sign_out(outcome)
            case outcomes.ShowSignedOut():
                return self.pages.render(views.SignedOutView(_name(outcome.client), self.policy.paths.devices))
            case outcomes.ShowStayed():
                return self.pages.render(views.StayedView())

    def _devices(
        self,
        outcome: outcomes.ShowDevices | outcomes.ShowRemoval | outcomes.ShowAgreedApps | outcomes.ShowNotSignedIn,
    ) -> Response:
        match outcome:
            case outcomes.ShowDevices():
                status = _MISSING if outcome.notice == "unknown" else _UNFIT if outcome.faulty else None
                return self.pages.render(devices_view(outcome, self.policy.paths), status=status)
            case outcomes.ShowRemoval():
                page = self.pages.render(
                    removal_view(outcome, self.policy.paths),
                    status=_UNAVAILABLE if outcome.error == "busy" else None,
                    form_action=(form_action_source(outcome.redirect_uri),) if outcome.redirect_uri else (),
                )
                if outcome.error == "busy":
                    page.headers["Retry-After"] = str(_BUSY_S)
                return page
            case outcomes.ShowAgreedApps():
                status = _MISSING if outcome.notice == "unknown" else None
                return self.pages.render(agreed_apps_view(outcome, self.policy.paths), status=status)
            case outcomes.ShowNotSignedIn():
                view = views.MessageView("Not signed in", "You are not signed in here.", again=outcome.again)
                return self.pages.render(view, status=_REFUSED)

    def _sign_out(self, outcome: outcomes.ShowSignOut) -> Response:
        view = views.SignOutView(
            action=self.policy.paths.end_session,
            state=outcome.state,
            app_name=_name(outcome.client),
            user_display=_person(outcome.session.account),
        )
        sources = (form_action_source(outcome.redirect_uri),) if outcome.redirect_uri else ()
        return self.pages.render(view, form_action=sources)


def see_other(uri: str, *, https: bool) -> Response:
    """303: the browser never sends the form on to the app (RFC 9700 section 4.12)."""
    headers = {**dict(security_headers(https=https)), "Location": uri, "Cache-Control": "no-store"}
    return Response(status_code=_SEE_OTHER, headers=headers)


def _name(client: Client | None) -> str:
    """What the person may know the app by: its name, its template's, or what its maker calls it."""
    return (client.metadata.client_name or client.metadata.software_id) if client else ""


def _person(account: Account) -> str:
    return account.name or account.user_name


def _origin(uri: str) -> str:
    if redirect_uri_kind(uri) == "private-use":
        return uri.partition(":")[0]
    return uri.partition("://")[2].partition("/")[0].partition("?")[0]
