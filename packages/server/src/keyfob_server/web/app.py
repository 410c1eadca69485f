"""The public listener: limits, the plain endpoints by their exact path, and the pages behind them."""

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from keyfob_protocol.errors import ProtocolError, ServerError, TemporarilyUnavailable
from keyfob_server.endpoints.caller import caller_origins, note_caller
from keyfob_server.endpoints.services import Services
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.ports.world import REQUEST_ID
from keyfob_server.rules.origins import origin_fault
from keyfob_server.web import cors
from keyfob_server.web.address import AddressReader
from keyfob_server.web.asgi import OTHER_PATH, AsgiApp, Message, Receive, Scope, Send, exact_path
from keyfob_server.web.limits import HttpRefusal, Limits, check_head
from keyfob_server.web.routes import FoundRoute, ItemRoutes, PlainRoute, find_item
from keyfob_server.web.write import Answer, RawHeaders, Response, error_answer, refusal_answer, send_answer, together

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PublicApp:
    services: Services
    routes: Mapping[str, FoundRoute]
    items: ItemRoutes
    pages: AsgiApp
    headers: RawHeaders
    """On every plain answer."""
    limits: Limits
    page_paths: frozenset[str]
    """The pages whose addresses the log may hold."""
    addresses: AddressReader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"not served here: {scope['type']}")
        path = exact_path(scope)
        found = self._found(path, scope)
        if isinstance(found, str):
            await self._page(path, found, scope, receive, send)
        else:
            await send_answer(send, await self.plain_answer(found, scope, receive))

    def plain_route(self, path: bytes) -> FoundRoute | None:
        """Who answers at this very address; None for pages, and for the things of a collection."""
        return self.routes.get(path.decode("latin-1"))

    async def plain_answer(self, found: FoundRoute, scope: Scope, receive: Receive) -> Response:
        """Never raises; the log has its line then."""
        request_id = self._begin(scope)
        started = time.perf_counter()
        answer = await self._answer(found, scope, receive)
        self._log(scope["method"], found.label, answer.status, started)
        return Response(answer, self._more(found.route, scope), request_id)

    async def _page(self, path: str, label: str, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = self._begin(scope)
        watched = _Watched(send, request_id)
        started = time.perf_counter()
        try:
            check_head(scope, self.limits)
            await self.pages({**scope, "path": path}, receive, watched)
        except HttpRefusal as refusal:
            await send_answer(watched, Response(refusal_answer(refusal), self.headers, b""))
        finally:
            self._log(scope["method"], label, watched.status, started)

    def _begin(self, scope: Scope) -> bytes:
        """The request's id."""
        request_id = os.urandom(8).hex()
        scope["request_id"] = request_id
        scope["remote_address"] = self.addresses.read(scope)
        REQUEST_ID.set(request_id)
        note_caller(None)
        return request_id.encode()

    def _found(self, path: str, scope: Scope) -> FoundRoute | str:
        """Who answers, or for the pages the path as the log may hold it: only of what is served, without ids.

        Anything else may hold whatever a person pasted.
        """
        exact = self.routes.get(path)
        if exact is not None:
            return exact
        if path in self.page_paths:
            return path
        found = find_item(self.items, path)
        if found is None:
            return OTHER_PATH
        item, identifier = found
        scope["path_params"] = {item.name: identifier}
        return FoundRoute(item.route, item.label)

    async def _answer(self, found: FoundRoute, scope: Scope, receive: Receive) -> Answer:
        route, label = found.route, found.label
        try:
            check_head(scope, self.limits)
            if (preflight := await self._preflight(route, scope)) is not None:
                return preflight
            _check_method(scope, route)
            return await route.handler(self.services, self.limits, scope, receive)
        except HttpRefusal as refusal:
            return refusal_answer(refusal)
        except ProtocolError as error:
            self.services.events.emit("request.refused", path=label, error=error.code, reason=error.reason)
            return error_answer(error, scheme=route.scheme)
        except StorageUnavailable as unavailable:
            self.services.events.emit("storage.unavailable", path=label, reason=unavailable.reason)
            busy = TemporarilyUnavailable("the server cannot store right now; please try again")
            return error_answer(busy, scheme=route.scheme, retry_after_s=unavailable.retry_after_s)
        except Exception:  # noqa: BLE001 - the last line of defence: an answer, and the fault in the log
            _log.exception("unexpected")
            return error_answer(ServerError(f"unexpected; request {scope['request_id']}"), scheme=route.scheme)

    async def _preflight(self, route: PlainRoute, scope: Scope) -> Answer | None:
        """What a browser is told that asks before it sends; None for an origin that nobody listed, as for no question.

        A preflight names no client: any client's origins will do.
        """
        origin = cors.preflight_origin(scope)
        if origin is None:
            return None
        if route.public:
            return cors.preflight_answer(cors.ANY_ORIGIN, route.methods)
        listed = cors.is_allowed(origin, self.services.policy.cors_origins) or (
            origin_fault(origin) is None and await self.services.origins.lists_origin(origin)
        )
        return cors.preflight_answer(origin, route.methods) if listed else None

    def _more(self, route: PlainRoute, scope: Scope) -> RawHeaders:
        """What every answer says, and for whom this one is, now that the client is known."""
        if route.public:
            return self.headers
        origin = cors.origin_of(scope)
        listed = () if origin is None else (*self.services.policy.cors_origins, *caller_origins())
        return together(cors.sharing(origin, listed), self.headers)

    def _log(self, method: str, label: str, status: int, started: float) -> None:
        """One line a request."""
        self.services.events.emit(
            "request",
            method=method[:10],
            path=label,
            status=status,
            microseconds=int((time.perf_counter() - started) * 1_000_000),
        )


def _check_method(scope: Scope, route: PlainRoute) -> None:
    if scope["method"] not in route.methods:
        allow = (("Allow", ", ".join(route.methods)),)
        raise HttpRefusal(405, "invalid_request", "that method is not served here", allow)


class _Watched:
    """Passes messages on, keeps the status for the log, and gives every answer the request's id."""

    __slots__ = ("_request_id", "_send", "status")

    def __init__(self, send: Send, request_id: bytes) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], (b"x-request-id", self._request_id)]
        await self._send(message)
