"""The audit: what administrators, owners, apps and the server itself did, newest first."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from keyfob_protocol.parameters import encode_parameters
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.web.admin.key_views import AuditView
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.views import frame_of
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.admin.words import history_row

PATH: Final = "/admin/audit"
PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class AuditPages:
    admin: AdminServices
    pages: AdminPages

    async def show(self, visit: Visit) -> Response:
        before = (visit.query.get("before") or "")[:300]
        found = await self.admin.store.audit.list_audit_backwards(before=before, limit=PAGE + 1)
        older = f"{PATH}?{encode_parameters([('before', found[PAGE - 1].id)])}" if len(found) > PAGE else ""
        entries = tuple((history_row(one), f"{one.subject_kind} {one.subject_id}") for one in found[:PAGE])
        return self.pages.render(AuditView(frame_of(visit, PATH), entries, older))
