"""Health, for whoever runs the server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.web.headers import security_headers

_UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class HealthEndpoints:
    https: bool
    ping: Callable[[], Awaitable[None]]
    is_serving: Callable[[], bool]
    keys_trouble: Callable[[], str]
    """What is wrong with the signing keys; empty when nothing is."""

    async def live(self, _request: Request) -> Response:
        """The process runs; says nothing of what it depends on."""
        return self._text(200, "live")

    async def ready(self, _request: Request) -> Response:
        """New requests may be sent here: not while stopping, nor without the database or the keys in force."""
        if not self.is_serving():
            return self._text(_UNAVAILABLE, "stopping")
        try:
            await self.ping()
        except StorageUnavailable:
            return self._text(_UNAVAILABLE, "database unavailable")
        if trouble := self.keys_trouble():
            return self._text(_UNAVAILABLE, trouble)
        return self._text(200, "ready")

    def _text(self, status: int, text: str) -> Response:
        headers = {**dict(security_headers(https=self.https)), "Cache-Control": "no-store"}
        return Response(text + "\n", status_code=status, media_type="text/plain", headers=headers)
