"""Admin pages for requests that cannot be answered."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from keyfob_protocol.errors import InvalidRequest
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.views import NoticeView
from keyfob_server.web.limits import HttpRefusal

_FIRST_PAGE = ("/admin", "To the first page")


@dataclass(frozen=True, slots=True)
class AdminTroubles:
    pages: AdminPages

    async def http(self, request: Request, error: Exception) -> Response:
        """No such page, or not by this method."""
        found = error if isinstance(error, HTTPException) else HTTPException(404)
        notice = NoticeView("There is no page here", "The address may be misspelt.", "", *_FIRST_PAGE)
        response = self.pages.render(notice, status=found.status_code, request_id=_id(request))
        response.headers.update(found.headers or {})
        return response

    def malformed(self, error: HttpRefusal | InvalidRequest, request: Request) -> Response:
        status = error.status if isinstance(error, HttpRefusal) else 400
        notice = NoticeView(
            "This request cannot be read", "It is too large, or not in a form that is known here.", "", *_FIRST_PAGE
        )
        return self.pages.render(notice, status=status, request_id=_id(request))

    def unavailable(self, error: StorageUnavailable) -> Response:
        text = "Your request could not be completed. Nothing was changed."
        advice = f"Wait {error.retry_after_s} seconds, then load this page again."
        response = self.pages.render(NoticeView("Busy just now", text, advice), status=503)
        response.headers["Retry-After"] = str(error.retry_after_s)
        return response

    def unexpected(self, request: Request) -> Response:
        notice = NoticeView("Something went wrong", "It is not your fault.", "Please try again.", *_FIRST_PAGE)
        return self.pages.render(notice, status=500, request_id=_id(request))


def _id(request: Request) -> str:
    return str(request.scope.get("request_id", ""))
