"""Editing a template as a text: first what would change, then the change."""

from dataclasses import dataclass, replace
from typing import Final, assert_never

from starlette.responses import Response

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.administration import Unfit
from keyfob_server.endpoints.templates import (
    TemplateApplied,
    TemplateMoved,
    TemplatePlan,
    TemplateUnchanged,
    apply_template,
    plan_template,
)
from keyfob_server.ports.template_documents import DocumentRefused
from keyfob_server.rules.template_changes import TemplateDefinition
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.template_views import TemplateEditView
from keyfob_server.web.admin.template_words import diff_rows, template_path
from keyfob_server.web.admin.views import RefusedView, frame_of
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.admin.words import reason_of, sentence
from keyfob_server.web.pages.present import see_other

LIST: Final = "/admin/templates"
_MISSING, _MOVED, _UNFIT = 404, 409, 422
_MOST_ERRORS: Final = 20
_EMPTY: Final = """[[template]]
id = ""
client_name = ""
application_type = "native"
redirect_uris = [""]
scope = "openid profile"
grant_types = ["authorization_code", "refresh_token"]
"""


@dataclass(frozen=True, slots=True)
class TemplateEditPages:
    admin: AdminServices
    pages: AdminPages

    async def show(self, visit: Visit) -> Response:
        """Of the template that `id` names, or an empty one."""
        template_id = ClientId((visit.query.get("id") or "")[:200])
        if not template_id:
            return self.pages.render(TemplateEditView(frame_of(visit, LIST), "", _EMPTY, 0, LIST))
        template = await self.admin.store.templates.find_template(template_id)
        if template is None:
            view = RefusedView(frame_of(visit, LIST), "There is no such template", "Its id may be misspelt.", LIST)
            return self.pages.render(view, status=_MISSING)
        text = self.admin.documents.write(template)
        return self.pages.render(
            TemplateEditView(frame_of(visit, LIST), template_id, text, template.version, template_path(template_id))
        )

    async def change(self, visit: Visit) -> Response:
        view = _typed(visit)
        definition = self._definition(view)
        if isinstance(definition, DocumentRefused):
            return self._again(view, *definition.sentences)
        if visit.form.get("edit"):
            return self.pages.render(view)
        if visit.form.get("apply"):
            return await self._apply(visit, view, definition)
        return await self._preview(visit, view, definition)

    async def _preview(self, visit: Visit, view: TemplateEditView, definition: TemplateDefinition) -> Response:
        plan = await plan_template(self.admin.template_tools, definition)
        match plan:
            case TemplatePlan(seen=seen) if seen != view.seen:
                return self._moved(visit, view)
            case TemplatePlan():
                return self.pages.render(replace(view, diff=diff_rows(plan.diff), ends_grants=plan.ends_grants))
            case TemplateUnchanged():
                return self._again(view, "It says so already: nothing would change.")
            case Unfit(fault):
                return self._again(view, sentence(fault))
            case _:
                assert_never(plan)

    async def _apply(self, visit: Visit, view: TemplateEditView, definition: TemplateDefinition) -> Response:
        act = visit.act(reason_of(visit.form))
        if not act.reason:
            return self._again(view, "Say why: the reason is kept with the version.")
        outcome = await apply_template(self.admin.template_tools, definition, act=act, expected=view.seen)
        match outcome:
            case TemplateApplied() | TemplateUnchanged():
                pairs = [("id", definition.id), ("done", "same" if isinstance(outcome, TemplateUnchanged) else "edit")]
                path = f"/admin/template?{encode_parameters(pairs)}"
                return see_other(self.admin.address.base_url + path, https=self.pages.https)
            case TemplateMoved():
                return self._moved(visit, view)
            case Unfit(fault):
                return self._again(view, sentence(fault))
            case _:
                assert_never(outcome)

    def _definition(self, view: TemplateEditView) -> TemplateDefinition | DocumentRefused:
        read = self.admin.documents.read(view.text)
        if isinstance(read, TemplateDefinition) and view.template_id and read.id != view.template_id:
            return DocumentRefused(("id: a template keeps it; another id is another template",))
        return read

    def _again(self, view: TemplateEditView, *errors: str) -> Response:
        return self.pages.render(replace(view, diff=None, errors=errors[:_MOST_ERRORS]), status=_UNFIT)

    def _moved(self, visit: Visit, view: TemplateEditView) -> Response:
        text = "Somebody else changed it, or made one of that id, first. Nothing was changed now."
        back = view.back if view.template_id else LIST
        refused = RefusedView(frame_of(visit, LIST), "It is not as you saw it", text, back, "Look again")
        return self.pages.render(refused, status=_MOVED)


def _typed(visit: Visit) -> TemplateEditView:
    form: Parameters = visit.form
    template_id, seen = (form.get("id") or "")[:200], form.get("seen") or "0"
    return TemplateEditView(
        frame=frame_of(visit, LIST),
        template_id=template_id,
        # browsers write lines as \r\n, whatever they were sent
        text=(form.get("text") or "").replace("\r\n", "\n"),
        seen=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0,  # noqa: PLR2004 - far more than there are
        back=template_path(template_id) if template_id else LIST,
        reason=form.get("reason") or "",
    )
