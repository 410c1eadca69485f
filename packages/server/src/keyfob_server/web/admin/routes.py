"""The form of an entry in the table of admin pages. There is no page without a role."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response

from keyfob_server.rules.administrators import ROLES, Role
from keyfob_server.web.admin.visit import Visit

Handler = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class AdminRoute:
    path: str
    """As Starlette writes it: `/admin/instances/{client_id}`."""
    method: Literal["GET", "POST"]
    """GET changes nothing, and is checked for the role alone; POST brings a form."""
    handler: Handler
    minimum: Role


def check_routes(routes: Iterable[AdminRoute]) -> None:
    """Raises ValueError for a page that anybody could open, that lies elsewhere, or whose address is taken."""
    seen: set[tuple[str, str]] = set()
    for route in routes:
        if route.minimum not in ROLES:
            raise ValueError(f"{route.method} {route.path} names no role")
        if route.path != "/admin" and not route.path.startswith("/admin/"):
            raise ValueError(f"{route.path} does not lie below /admin")
        if (route.path, route.method) in seen:
            raise ValueError(f"{route.method} {route.path} stands twice")
        seen.add((route.path, route.method))
