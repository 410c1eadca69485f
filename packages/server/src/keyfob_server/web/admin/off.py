"""The admin listener without pages: where they would go over a network in plain http."""

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from keyfob_server.web.admin.health import HealthEndpoints
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.troubles import AdminTroubles
from keyfob_server.web.admin.views import NoticeView
from keyfob_server.web.asgi import AsgiApp, Receive, Scope, Send, exact_path
from keyfob_server.web.pages.assets import static_routes


@dataclass(frozen=True, slots=True)
class _Off:
    pages: AdminPages

    async def show(self, _request: Request) -> Response:
        notice = NoticeView(
            "The admin pages are off",
            "This listener speaks plain http on a network: passwords could be read on the way.",
            "Set admin_base_url to the https:// address of a proxy in front, or give the server a certificate. "
            "The command line works as always.",
        )
        return self.pages.render(notice, status=403)


def health_app(pages: AdminPages, health: HealthEndpoints) -> AsgiApp:
    app = Starlette(
        routes=[
            Route("/health/live", health.live),
            Route("/health/ready", health.ready),
            Route("/admin", _Off(pages).show),
            *static_routes(https=pages.https),
        ],
        exception_handlers={HTTPException: AdminTroubles(pages).http},
    )
    app.router.redirect_slashes = False

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "path": exact_path(scope)}, receive, send)

    return serve
