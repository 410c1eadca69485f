"""Who may open an admin page, and which forms are believed: asked before any page's own work."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.rules.administrators import (
    ROLES,
    TOUCH_S,
    Administrator,
    NoRole,
    administrator_of,
    includes,
)
from keyfob_server.rules.sessions import admin_session_id_of, form_token_of
from keyfob_server.web.address import AddressReader
from keyfob_server.web.admin.cookies import AdminCookies
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.routes import AdminRoute
from keyfob_server.web.admin.views import NoticeView
from keyfob_server.web.admin.visit import PasswordNeeded, Visit
from keyfob_server.web.limits import Limits
from keyfob_server.web.pages.origin import same_origin
from keyfob_server.web.pages.present import see_other
from keyfob_server.web.parse import query_parameters, read_form

SIGN_IN: Final = "/admin/sign-in"
_FORBIDDEN: Final = 403


@dataclass(frozen=True, slots=True)
class Guard:
    admin: AdminServices
    pages: AdminPages
    cookies: AdminCookies
    addresses: AddressReader
    limits: Limits

    async def serve(self, route: AdminRoute, request: Request) -> Response:
        """Raises HttpRefusal, InvalidRequest, StorageUnavailable."""
        query = query_parameters(request.scope)
        cookie = self.cookies.read_session(request.scope)
        loaded = await self.admin.store.load(session_id=admin_session_id_of(cookie))
        judged = administrator_of(loaded) if cookie else None
        if cookie is None or judged is None:
            return self._sign_in(request)
        if isinstance(judged, NoRole):
            return self._refuse("not an administrator", _NO_ROLE)
        if not includes(judged.role, route.minimum):
            return self._refuse("role too low", _role_notice(judged, route))
        form = Parameters()
        if request.method == "POST":
            form = await read_form(request.scope, request.receive, self.limits)
            if not self._is_our_form(request, form, cookie):
                return self._refuse("form not ours", _STALE)
        await self._touch(judged, loaded.now)
        path: Mapping[str, str] = request.path_params
        visit = Visit(
            administrator=judged,
            now=loaded.now,
            query=query,
            form=form,
            path=path,
            form_token=form_token_of(cookie),
            origin=self.addresses.read(request.scope).address,
            request_id=str(request.scope.get("request_id", "")),
        )
        try:
            return await route.handler(visit)
        except PasswordNeeded as needed:
            return self._password_again(request, needed.return_to)

    def _is_our_form(self, request: Request, form: Parameters, cookie: str) -> bool:
        """The token of this session, and no sign that another site sent it."""
        presented = form.get("form_token") or ""
        right = hmac.compare_digest(presented.encode(), form_token_of(cookie).encode())
        return right and same_origin(request.scope, self.admin.address.base_url)

    async def _touch(self, administrator: Administrator, now: int) -> None:
        session = administrator.session
        if now - session.seen_at >= TOUCH_S:
            await self.admin.services.sessions.touch_session(session.id, seen_at=now)

    def _sign_in(self, request: Request) -> Response:
        """A page that was asked for comes after the sign-in; a form that was sent is lost, and the person is told."""
        if request.method == "POST":
            return self.pages.render(_SIGNED_OUT, status=_FORBIDDEN)
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return self._see_other(f"{SIGN_IN}?{encode_parameters([('return_to', asked)])}")

    def _password_again(self, request: Request, return_to: str) -> Response:
        path = f"{SIGN_IN}?{encode_parameters([('again', '1'), ('return_to', return_to)])}"
        if request.method == "POST":
            notice = NoticeView(
                "Give your password again",
                "What you are about to do needs your password, and you gave it more than five minutes ago. "
                "Nothing was changed.",
                link=path,
                link_label="Give the password",
            )
            return self.pages.render(notice, status=_FORBIDDEN)
        return self._see_other(path)

    def _see_other(self, path: str) -> Response:
        return see_other(self.admin.address.base_url + path, https=self.pages.https)

    def _refuse(self, reason: str, notice: NoticeView) -> Response:
        self.admin.services.events.emit("admin.refused", reason=reason)
        return self.pages.render(notice, status=_FORBIDDEN)


_OTHER_ACCOUNT: Final = f"{SIGN_IN}?switch=1"
_NO_ROLE: Final = NoticeView(
    "No administrator",
    "Your account has no administrator's role.",
    "Ask an owner of this installation, or sign in with another account.",
    _OTHER_ACCOUNT,
    "Use another account",
)
_STALE: Final = NoticeView(
    "This page is out of date",
    "The form was open for too long, or it was started in another window. Nothing was changed.",
    "Go back, load the page again, and repeat what you wanted to do.",
    "/admin",
    "To the first page",
)
_SIGNED_OUT: Final = NoticeView(
    "You are signed out",
    "You were away for more than 15 minutes, or signed out elsewhere. Nothing was changed.",
    "",
    SIGN_IN,
    "Sign in again",
)


def _role_notice(administrator: Administrator, route: AdminRoute) -> NoticeView:
    enough = " or ".join(role for role in ROLES if includes(role, route.minimum))
    return NoticeView(
        "Not for your role",
        f"This page needs the role {enough}; you have the role {administrator.role}.",
        "Ask an owner of this installation.",
        "/admin",
        "To the first page",
    )
