"""The admin listener: health for whoever runs the server, and a page that says what will come."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.web.asgi import AsgiApp, Receive, Scope, Send, exact_path
from keyfob_server.web.headers import security_headers
from keyfob_server.web.pages import views
from keyfob_server.web.pages.assets import static_routes
from keyfob_server.web.pages.render import Pages

_UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class AdminEndpoints:
    pages: Pages
    base_url: str
    ping: Callable[[], Awaitable[None]]
    is_serving: Callable[[], bool]
    keys_trouble: Callable[[], str]
    """What is wrong with the signing keys; empty when nothing is."""

    async def live(self, _request: Request) -> Response:
        """The process runs; says nothing of what it depends on."""
        return self._text(200, "live")

    async def ready(self, _request: Request) -> Response:
        """New requests may be sent here: not while stopping, while the database is away, or without the keys in force."""
        if not self.is_serving():
            return self._text(_UNAVAILABLE, "stopping")
        try:
            await self.ping()
        except StorageUnavailable:
            return self._text(_UNAVAILABLE, "database unavailable")
        if trouble := self.keys_trouble():
            return self._text(_UNAVAILABLE, trouble)
        return self._text(200, "ready")

    async def landing(self, _request: Request) -> Response:
        return self.pages.render(views.AdminLandingView(self.base_url))

    async def trouble(self, _request: Request, error: Exception) -> Response:
        response = self.pages.render(views.NotFoundView())
        if isinstance(error, HTTPException):
            response.status_code = error.status_code
            response.headers.update(error.headers or {})
        return response

    def _text(self, status: int, text: str) -> Response:
        headers = {**dict(security_headers(https=self.pages.https)), "Cache-Control": "no-store"}
        return Response(text + "\n", status_code=status, media_type="text/plain", headers=headers)


def admin_app(endpoints: AdminEndpoints) -> AsgiApp:
    app = Starlette(
        routes=[
            Route("/health/live", endpoints.live),
            Route("/health/ready", endpoints.ready),
            Route("/admin", endpoints.landing),
            *static_routes(https=endpoints.pages.https),
        ],
        exception_handlers={HTTPException: endpoints.trouble},
    )
    app.router.redirect_slashes = False

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "path": exact_path(scope)}, receive, send)

    return serve
