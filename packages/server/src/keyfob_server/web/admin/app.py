"""The admin listener: health, the sign-in, and the pages behind the guard."""

import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from keyfob_protocol.errors import InvalidRequest
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.ports.world import REQUEST_ID, Events
from keyfob_server.web.address import AddressReader
from keyfob_server.web.admin.cookies import AdminCookies
from keyfob_server.web.admin.guard import Guard
from keyfob_server.web.admin.health import HealthEndpoints
from keyfob_server.web.admin.pages import admin_routes
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.routes import AdminRoute, check_routes
from keyfob_server.web.admin.sign_in import SignInEndpoints
from keyfob_server.web.admin.troubles import AdminTroubles
from keyfob_server.web.asgi import OTHER_PATH, Message, Receive, Scope, Send, exact_path
from keyfob_server.web.limits import HttpRefusal, Limits, check_head
from keyfob_server.web.pages.assets import static_routes

_log = logging.getLogger(__name__)
_Answering = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class AdminApp:
    """`table` is every page that needs a role, `open` every address that does not."""

    starlette: Starlette
    table: tuple[AdminRoute, ...]
    open: tuple[str, ...]
    limits: Limits
    events: Events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = secrets.token_hex(8)
        REQUEST_ID.set(request_id)
        status, started = 0, time.perf_counter()

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (b"x-request-id", request_id.encode())]}
            await send(message)

        path = exact_path(scope)
        await self.starlette({**scope, "path": path, "request_id": request_id}, receive, send_watched)
        if not path.startswith("/health/"):
            self.events.emit(
                "admin.request",
                method=scope["method"][:10],
                path=self._label(path),
                status=status,
                microseconds=int((time.perf_counter() - started) * 1_000_000),
            )

    def _label(self, path: str) -> str:
        """What the log may hold of an address: none of its ids, and nothing that somebody made up."""
        if path in self.open or any(route.path == path for route in self.table):
            return path
        above = path.rpartition("/")[0]
        return next((route.path for route in self.table if route.path.startswith(f"{above}/{{")), OTHER_PATH)


def admin_app(admin: AdminServices, pages: AdminPages, health: HealthEndpoints, limits: Limits) -> AdminApp:
    """Raises ValueError for a page that names no role."""
    cookies = AdminCookies(admin.address)
    addresses = AddressReader(admin.services.policy.trusted_proxies)
    sign_in = SignInEndpoints(admin, pages, cookies, addresses)
    guard = Guard(admin, pages, cookies, addresses, limits)
    table = (*admin_routes(admin, pages), AdminRoute("/admin/sign-out", "POST", sign_in.sign_out, "support"))
    check_routes(table)
    troubles = AdminTroubles(pages)
    open_routes = [
        Route("/health/live", health.live),
        Route("/health/ready", health.ready),
        Route("/admin/sign-in", _served(sign_in.begin, troubles, limits)),
        Route("/admin/callback", _served(sign_in.finish, troubles, limits)),
        *static_routes(https=pages.https),
    ]
    starlette = Starlette(
        routes=[*open_routes, *_guarded(table, guard, troubles, limits)],
        exception_handlers={HTTPException: troubles.http},
    )
    starlette.router.redirect_slashes = False
    open_paths = tuple(route.path for route in open_routes)
    return AdminApp(starlette, table, open_paths, limits, admin.services.events)


def _guarded(table: Sequence[AdminRoute], guard: Guard, troubles: AdminTroubles, limits: Limits) -> list[BaseRoute]:
    """One route for each address, so that the answer to another method names all that are served."""
    found: list[BaseRoute] = []
    for path, entries in groupby(sorted(table, key=_path), key=_path):
        by_method = {str(entry.method): entry for entry in entries}
        found.append(Route(path, _served(_by_method(by_method, guard), troubles, limits), methods=list(by_method)))
    return found


def _path(route: AdminRoute) -> str:
    return route.path


def _by_method(by_method: Mapping[str, AdminRoute], guard: Guard) -> _Answering:
    async def answer(request: Request) -> Response:
        return await guard.serve(by_method["GET" if request.method == "HEAD" else request.method], request)

    return answer


def _served(handler: _Answering, troubles: AdminTroubles, limits: Limits) -> _Answering:
    """Within the limits, and with an answer to what nobody expected."""

    async def handle(request: Request) -> Response:
        try:
            check_head(request.scope, limits)
            return await handler(request)
        except HTTPException:
            raise
        except (HttpRefusal, InvalidRequest) as error:
            return troubles.malformed(error, request)
        except StorageUnavailable as unavailable:
            return troubles.unavailable(unavailable)
        except Exception:  # noqa: BLE001 - the last line of defence: a page, and the fault in the log
            _log.exception("unexpected")
            return troubles.unexpected(request)

    return handle
