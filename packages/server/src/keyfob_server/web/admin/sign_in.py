"""Signing in, coming back, and signing out: the addresses that nobody need be signed in for."""

from dataclasses import dataclass
from typing import Final, assert_never

from starlette.requests import Request
from starlette.responses import Response

from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.admin_sign_in import (
    AdministratorSignedIn,
    NoAdministrator,
    SignInRefused,
    begin_sign_in,
    finish_sign_in,
)
from keyfob_server.rules.sessions import admin_session_id_of
from keyfob_server.web.address import AddressReader
from keyfob_server.web.admin.cookies import AdminCookies
from keyfob_server.web.admin.guard import SIGN_IN
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.views import NoticeView
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.pages.present import see_other
from keyfob_server.web.parse import query_parameters

_FORBIDDEN: Final = 403


@dataclass(frozen=True, slots=True)
class SignInEndpoints:
    admin: AdminServices
    pages: AdminPages
    cookies: AdminCookies
    addresses: AddressReader

    async def begin(self, request: Request) -> Response:
        """To the sign-in page of the public listener. `return_to`, `again` and `switch` say what for."""
        query = query_parameters(request.scope)
        begun = await begin_sign_in(
            self.admin.services,
            self.admin.address,
            return_to=query.get("return_to") or "/admin",
            password_again=query.get("again") == "1",
            switch=query.get("switch") == "1",
            signed_out=self.cookies.read_signed_out(request.scope),
        )
        response = see_other(begun.uri, https=self.pages.https)
        response.headers.append("set-cookie", self.cookies.set_sign_in(begun.cookie))
        return response

    async def finish(self, request: Request) -> Response:
        """The redirect back, with a code."""
        session = self.cookies.read_session(request.scope)
        outcome = await finish_sign_in(
            self.admin,
            query_parameters(request.scope),
            cookie=self.cookies.read_sign_in(request.scope),
            replaces=admin_session_id_of(session),
            origin=self.addresses.read(request.scope).address,
        )
        match outcome:
            case AdministratorSignedIn(cookie, return_to):
                response = see_other(self.admin.address.base_url + return_to, https=self.pages.https)
                response.headers.append("set-cookie", self.cookies.set_session(cookie))
                if self.cookies.read_signed_out(request.scope):
                    response.headers.append("set-cookie", self.cookies.set_signed_out(out=False))
            case NoAdministrator(account):
                response = self.pages.render(_no_administrator(account.user_name), status=_FORBIDDEN)
            case SignInRefused(reason, cancelled):
                self.admin.services.events.emit("admin.refused", reason=reason)
                response = self.pages.render(_CANCELLED if cancelled else _FAILED, status=_FORBIDDEN)
            case _:
                assert_never(outcome)
        response.headers.append("set-cookie", self.cookies.set_sign_in(""))
        return response

    async def sign_out(self, visit: Visit) -> Response:
        administrator = visit.administrator
        await self.admin.store.account_acts.end_administrator_session(
            administrator.session.id, user_name=administrator.account.user_name, act=visit.act()
        )
        self.admin.services.events.emit("admin.signed_out", account_id=administrator.account.id)
        response = self.pages.render(_SIGNED_OUT)
        response.headers.append("set-cookie", self.cookies.set_session(""))
        response.headers.append("set-cookie", self.cookies.set_signed_out(out=True))
        return response


def _no_administrator(user_name: str) -> NoticeView:
    return NoticeView(
        "No administrator",
        f"Your account has no administrator's role. You are signed in as {user_name}.",
        "Ask an owner of this installation, or sign in with another account.",
        f"{SIGN_IN}?switch=1",
        "Use another account",
    )


_CANCELLED: Final = NoticeView("Not signed in", "You chose not to sign in.", "", SIGN_IN, "Sign in")
_FAILED: Final = NoticeView(
    "Sign-in did not work",
    "It took too long, was started in another browser, or this page was loaded a second time.",
    "Cookies must be allowed here.",
    SIGN_IN,
    "Sign in again",
)
_SIGNED_OUT: Final = NoticeView(
    "You are signed out",
    "This browser can no longer administer the server.",
    "The next one to sign in here gives a password. Other pages of this server may still know you.",
    SIGN_IN,
    "Sign in again",
)
