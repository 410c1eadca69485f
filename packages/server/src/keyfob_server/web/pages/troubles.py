"""Pages for requests that cannot be answered: what went wrong in plain words, and nothing about the inside."""

import logging
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from keyfob_protocol.errors import InvalidRequest, TooManyRequests
from keyfob_server.endpoints.outcomes import ShowError, ShowStale
from keyfob_server.endpoints.services import Services
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.web.limits import HttpRefusal
from keyfob_server.web.pages import views
from keyfob_server.web.pages.present import Presenter

_log = logging.getLogger(__name__)
_NOT_FOUND, _NOT_ALLOWED, _FORBIDDEN, _TOO_MANY = 404, 405, 403, 429


@dataclass(frozen=True, slots=True)
class Troubles:
    services: Services
    presenter: Presenter

    async def http(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else _NOT_FOUND
        if status == _FORBIDDEN:
            self.services.events.emit("form.refused", reason="from another site")
            return self.presenter.present(ShowStale(restart_uri="", forged=True), request_id=_id(request))
        if status != _NOT_ALLOWED:
            return self.presenter.pages.render(views.NotFoundView())
        view = views.ErrorView("This address does not take that", "The request came in a way that is not served here.")
        response = self.presenter.pages.render(view, status=status, request_id=_id(request))
        if isinstance(error, HTTPException) and error.headers:
            response.headers.update(error.headers)
        return response

    async def refused(self, request: Request, error: Exception) -> Response:
        status = error.status if isinstance(error, HttpRefusal) else 400
        view = views.ErrorView("This request cannot be read", "It is too large, or not in a form that is known here.")
        return self.presenter.pages.render(view, status=status, request_id=_id(request))

    async def malformed(self, request: Request, error: Exception) -> Response:
        malformed = error if isinstance(error, InvalidRequest) else InvalidRequest("malformed")
        return self.presenter.present(ShowError(malformed, "request"), request_id=_id(request))

    async def unavailable(self, _request: Request, error: Exception) -> Response:
        retry_after_s = error.retry_after_s if isinstance(error, StorageUnavailable) else 2
        reason = error.reason if isinstance(error, StorageUnavailable) else ""
        self.services.events.emit("storage.unavailable", reason=reason)
        return self.presenter.pages.render(views.UnavailableView(retry_after_s))

    async def too_many(self, _request: Request, error: Exception) -> Response:
        refusal = error if isinstance(error, TooManyRequests) else TooManyRequests()
        self.services.events.emit("request.refused", error=refusal.code, reason=refusal.reason)
        return self.presenter.pages.render(views.UnavailableView(refusal.retry_after_s), status=_TOO_MANY)

    async def unexpected(self, request: Request, error: Exception) -> Response:
        _log.error("unexpected", exc_info=error)
        view = views.ErrorView("Something went wrong", "It is not your fault.", "Please try again in a moment.")
        return self.presenter.pages.render(view, status=500, request_id=_id(request))


def _id(request: Request) -> str:
    return str(request.scope.get("request_id", ""))
