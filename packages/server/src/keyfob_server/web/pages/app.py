"""The pages of the public listener, served by Starlette."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from keyfob_protocol.errors import InvalidRequest, TooManyRequests
from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_server.endpoints.agreed_apps import show_agreed_apps, withdraw_consent
from keyfob_server.endpoints.authenticators import AUTHENTICATORS
from keyfob_server.endpoints.authorize import authorize
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.devices import change_devices, show_devices
from keyfob_server.endpoints.devices_sign_in import finish_sign_in
from keyfob_server.endpoints.end_session import confirm_end_session, end_session
from keyfob_server.endpoints.make_room import make_room
from keyfob_server.endpoints.outcomes import (
    Outcome,
    ShowAgreedApps,
    ShowConfirmation,
    ShowDevices,
    ShowNoRoom,
    ShowRemoval,
    ShowSignIn,
    ShowSignOut,
    SignInFirst,
)
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.sign_in import confirm, sign_in
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.devices import agreed_apps_path
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.sessions import browser_hash_of, cookie_from
from keyfob_server.web.address import remote_address
from keyfob_server.web.limits import HttpRefusal, Limits
from keyfob_server.web.pages.assets import static_routes
from keyfob_server.web.pages.cookies import Cookies
from keyfob_server.web.pages.device_words import NO_ROOM
from keyfob_server.web.pages.origin import same_origin
from keyfob_server.web.pages.present import Presenter, see_other
from keyfob_server.web.pages.render import Pages
from keyfob_server.web.pages.troubles import Troubles
from keyfob_server.web.parse import query_parameters, read_form

_WITH_FORM = (
    ShowSignIn,
    ShowConfirmation,
    ShowSignOut,
    SignInFirst,
    ShowDevices,
    ShowRemoval,
    ShowNoRoom,
    ShowAgreedApps,
)


@dataclass(frozen=True, slots=True)
class PageEndpoints:
    services: Services
    presenter: Presenter
    limits: Limits

    async def authorize(self, request: Request) -> Response:
        parameters = query_parameters(request.scope)
        if request.method == "POST":
            form = await read_form(request.scope, request.receive, self.limits)
            return self._by_get(self.services.policy.paths.authorize, (*parameters.pairs(), *form.pairs()))
        return await self._with_browser(request, lambda browser: authorize(self.services, parameters, browser))

    def sign_in_by(self, authenticator: str) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            form = await self._form(request)
            return await self._with_browser(
                request, lambda browser: sign_in(self.services, authenticator, form, browser)
            )

        return handle

    async def confirm(self, request: Request) -> Response:
        form = await self._form(request)
        return await self._with_browser(request, lambda browser: confirm(self.services, form, browser))

    async def make_room(self, request: Request) -> Response:
        form = await self._form(request)
        return await self._with_browser(request, lambda browser: make_room(self.services, form, browser))

    async def devices(self, request: Request) -> Response:
        if request.method == "POST":
            form = await self._form(request)
            return await self._with_browser(request, lambda browser: change_devices(self.services, form, browser))
        query = query_parameters(request.scope)
        return await self._with_browser(request, lambda browser: show_devices(self.services, query, browser))

    async def agreed_apps(self, request: Request) -> Response:
        if request.method == "POST":
            form = await self._form(request)
            return await self._with_browser(request, lambda browser: withdraw_consent(self.services, form, browser))
        query = query_parameters(request.scope)
        return await self._with_browser(request, lambda browser: show_agreed_apps(self.services, query, browser))

    async def devices_signed_in(self, request: Request) -> Response:
        query = query_parameters(request.scope)
        return await self._with_browser(request, lambda browser: finish_sign_in(self.services, query, browser))

    async def end_session(self, request: Request) -> Response:
        parameters = query_parameters(request.scope)
        if request.method == "POST":
            parameters = await read_form(request.scope, request.receive, self.limits)
            if parameters.get("sign_out") or parameters.get("stay"):
                self._check_origin(request)
                return await self._with_browser(
                    request, lambda browser: confirm_end_session(self.services, parameters, browser)
                )
            if self.presenter.cookies.read_session(request.scope) is None:
                return self._by_get(self.services.policy.paths.end_session, parameters.pairs())
        return await self._with_browser(request, lambda browser: end_session(self.services, parameters, browser))

    def _by_get(self, path: str, pairs: tuple[tuple[str, str], ...]) -> Response:
        """No cookies come with a POST from another site; the same request by GET brings them."""
        return see_other(f"{path}?{encode_parameters(pairs)}", https=self.presenter.pages.https)

    async def _form(self, request: Request) -> Parameters:
        self._check_origin(request)
        return await read_form(request.scope, request.receive, self.limits)

    def _check_origin(self, request: Request) -> None:
        if not same_origin(request.scope, self.services.policy.base_url):
            raise HTTPException(403)

    async def _with_browser(self, request: Request, use_case: Callable[[Browser], Awaitable[Outcome]]) -> Response:
        cookies = self.presenter.cookies
        known = cookies.read_browser(request.scope)
        value = known or cookie_from(self.services.entropy.bytes(32))
        browser = Browser(
            browser_hash_of(value) or "",
            cookies.read_session(request.scope),
            remote_address(request.scope),
            cookies.read_device(request.scope),
        )
        outcome = await use_case(browser)
        response = self.presenter.present(outcome, request_id=request.scope["request_id"])
        if known is None and isinstance(outcome, _WITH_FORM):
            response.headers.append("set-cookie", cookies.set_browser(value))
        return response


def pages_app(services: Services, pages: Pages, limits: Limits) -> Starlette:
    presenter = Presenter(pages, Cookies(pages.https), services.policy)
    endpoints = PageEndpoints(services, presenter, limits)
    paths = services.policy.paths
    troubles = Troubles(services, presenter)
    routes = [
        Route(paths.authorize, _served(endpoints.authorize, troubles), methods=["GET", "POST"]),
        Route(f"{paths.authentication}/confirm", _served(endpoints.confirm, troubles), methods=["POST"]),
        Route(f"{paths.authentication}/{NO_ROOM}", _served(endpoints.make_room, troubles), methods=["POST"]),
        *(
            Route(f"{paths.authentication}/{name}", _served(endpoints.sign_in_by(name), troubles), methods=["POST"])
            for name in AUTHENTICATORS
        ),
        Route(paths.end_session, _served(endpoints.end_session, troubles), methods=["GET", "POST"]),
        Route(paths.devices, _served(endpoints.devices, troubles), methods=["GET", "POST"]),
        Route(agreed_apps_path(paths.devices), _served(endpoints.agreed_apps, troubles), methods=["GET", "POST"]),
        Route(f"{paths.devices}/signed-in", _served(endpoints.devices_signed_in, troubles)),
        *static_routes(https=pages.https),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: troubles.http,
            HttpRefusal: troubles.refused,
            InvalidRequest: troubles.malformed,
            StorageUnavailable: troubles.unavailable,
            TooManyRequests: troubles.too_many,
        },
    )
    app.router.redirect_slashes = False
    return app


def page_paths(policy: Policy) -> frozenset[str]:
    """The addresses of the pages, without those of the static files."""
    sign_in_pages = (f"{policy.paths.authentication}/{name}" for name in ("confirm", NO_ROOM, *AUTHENTICATORS))
    own = policy.paths.devices
    devices = (own, agreed_apps_path(own), f"{own}/signed-in")
    return frozenset({policy.paths.authorize, policy.paths.end_session, *sign_in_pages, *devices})


def _served(
    handler: Callable[[Request], Awaitable[Response]], troubles: Troubles
) -> Callable[[Request], Awaitable[Response]]:
    """Answers what nobody expected."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except (HTTPException, HttpRefusal, InvalidRequest, StorageUnavailable, TooManyRequests):
            raise
        except Exception as error:  # noqa: BLE001 - the last line of defence: a page, and the fault in the log
            return await troubles.unexpected(request, error)

    return handle
