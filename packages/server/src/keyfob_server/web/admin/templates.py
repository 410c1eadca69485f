"""Templates: what they say, what they said, back to a version, off and on."""

from dataclasses import dataclass, replace
from typing import Final, assert_never

from starlette.responses import Response

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.administration import Unfit
from keyfob_server.endpoints.alarms import present_alarms
from keyfob_server.endpoints.templates import (
    NoSuchTemplate,
    TemplateApplied,
    TemplateMoved,
    TemplatePlan,
    TemplateStatusChanged,
    TemplateUnchanged,
    disable_template,
    enable_template,
    plan_template,
    roll_back,
    show_template,
    template_history,
)
from keyfob_server.rules.template_changes import TemplateDefinition
from keyfob_server.rules.templates import Template
from keyfob_server.web.admin.alarm_words import alarms_of
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.template_views import TemplateChangeView, TemplatesView, TemplateView
from keyfob_server.web.admin.template_words import (
    acts_of,
    change_path,
    diff_rows,
    document_of,
    facts_of,
    row_of,
    status_of,
    template_path,
    version_of,
)
from keyfob_server.web.admin.views import RefusedView, frame_of
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.admin.words import count, history_row, reason_of, sentence
from keyfob_server.web.pages.present import see_other

LIST: Final = "/admin/templates"
PAGE: Final = 50
VERSIONS: Final = 20
MAX_HISTORY: Final = 20
_MISSING, _MOVED, _UNFIT = 404, 409, 422
_DONE: Final = {
    "disable": "Switched off: its instances are suspended, and nobody registers with it.",
    "enable": "Switched on: its instances can be used again.",
    "roll_back": "Done: a new version says what the old one said. It is in force at the next request.",
    "edit": "Saved as a new version. It is in force at the next request.",
    "same": "It is so already: nothing was changed.",
}


@dataclass(frozen=True, slots=True)
class TemplatePages:
    admin: AdminServices
    pages: AdminPages

    async def show_list(self, visit: Visit) -> Response:
        after = (visit.query.get("after") or "")[:200]
        found = await self.admin.store.templates.list_templates(after=after, limit=PAGE + 1)
        more = f"{LIST}?{encode_parameters([('after', found[PAGE - 1].id)])}" if len(found) > PAGE else ""
        rows = tuple(row_of(template) for template in found[:PAGE])
        return self.pages.render(TemplatesView(frame_of(visit, LIST), rows, more))

    async def show_one(self, visit: Visit) -> Response:
        template_id = _id(visit.query)
        store = self.admin.store
        shown = await show_template(store.templates, template_id)
        if isinstance(shown, NoSuchTemplate):
            return self._missing(visit)
        before = _number(visit.query.get("before"))
        versions = await template_history(store.templates, template_id, before=before, limit=VERSIONS)
        oldest = versions[-1].version.version if versions else 1
        pairs = [("id", template_id), ("before", str(oldest))]
        history = await store.audit.list_audit_of("template", template_id, limit=MAX_HISTORY)
        view = TemplateView(
            frame=frame_of(visit, LIST),
            template_id=template_id,
            status=status_of(shown.template),
            facts=facts_of(shown),
            document=document_of(shown.template),
            acts=acts_of(shown.template),
            instances=f"/admin/instances?{encode_parameters([('by', 'template'), ('text', template_id)])}",
            edit=f"/admin/template-edit?{encode_parameters([('id', template_id)])}",
            versions=tuple(version_of(one, shown.template.version) for one in versions),
            earlier=f"/admin/template?{encode_parameters(pairs)}" if oldest > 1 else "",
            history=tuple(history_row(record) for record in history),
            alarms=alarms_of(template_id, await present_alarms(store.watching)),
            done=_DONE.get(visit.query.get("done") or "", ""),
        )
        return self.pages.render(view)

    async def ask(self, visit: Visit) -> Response:
        return await self._ask(visit, visit.query)

    async def change(self, visit: Visit) -> Response:
        form, store = visit.form, self.admin.store.templates
        what, template_id, act = form.get("act"), _id(form), visit.act(reason_of(form))
        _check_password(visit, form)
        if not act.reason:
            return await self._ask(visit, form, error="Say why: the reason is kept with the change.")
        outcome: object
        if what == "disable":
            outcome = await disable_template(store, template_id, act=act)
        elif what == "enable":
            outcome = await enable_template(store, template_id, act=act)
        else:
            version, seen = _number(form.get("version")), _number(form.get("seen"))
            tools = self.admin.template_tools
            outcome = await roll_back(tools, template_id, version or 0, act=act, expected=seen or 0)
        match outcome:
            case TemplateApplied() | TemplateStatusChanged():
                return self._done(template_id, what or "")
            case TemplateUnchanged():
                return self._done(template_id, "same")
            case TemplateMoved():
                text = "Somebody else changed it first. Nothing was changed now; look at it again."
                view = RefusedView(
                    frame_of(visit, LIST), "It is not as you saw it", text, template_path(template_id), "Look again"
                )
                return self.pages.render(view, status=_MOVED)
            case Unfit(fault):
                return await self._ask(visit, form, error=sentence(fault))
            case _:
                return self._missing(visit)

    async def _ask(self, visit: Visit, asked: Parameters, error: str = "") -> Response:
        shown = await show_template(self.admin.store.templates, _id(asked))
        if isinstance(shown, NoSuchTemplate):
            return self._missing(visit)
        view = await self._change_view(visit, asked, shown.template, shown.instances)
        if view is None:
            return self._missing(visit)
        _check_password(visit, asked)
        full = replace(view, reason=asked.get("reason") or "", error=error)
        return self.pages.render(full, status=_UNFIT if error else 200)

    async def _change_view(
        self, visit: Visit, asked: Parameters, template: Template, instances: int
    ) -> TemplateChangeView | None:
        """None when there is no such act or version, or nothing would change."""
        act, frame, back = asked.get("act") or "", frame_of(visit, LIST), template_path(template.id)
        hidden = (("act", act), ("id", template.id))
        if act == "disable":
            text = f"{count(instances, 'instance')} of it will be suspended at once, and nobody registers with it."
            return TemplateChangeView(frame, f"Switch off {template.id}?", text, "Switch off", True, back, hidden, ())  # noqa: FBT003 - as the view names it
        if act == "enable":
            text = "Its instances can be used again. What they had before is dead: people sign in anew."
            return TemplateChangeView(frame, f"Switch on {template.id}?", text, "Switch on", False, back, hidden, ())  # noqa: FBT003 - as the view names it
        version = _number(asked.get("version"))
        if act != "roll_back" or version is None:
            return None
        return await self._roll_back_view(visit, template, version)

    async def _roll_back_view(self, visit: Visit, template: Template, version: int) -> TemplateChangeView | None:
        old = await self.admin.store.templates.find_version(template.id, version)
        if old is None:
            return None
        definition = TemplateDefinition(template.id, old.metadata, old.settings)
        plan = await plan_template(self.admin.template_tools, definition)
        match plan:
            case TemplatePlan():
                ends = " It takes something away: whoever is signed in must sign in again." if plan.ends_grants else ""
                text, diff = f"All instances change with it at the next request.{ends}", diff_rows(plan.diff)
            case TemplateUnchanged():
                text, diff = "That version says what is in force now.", ()
            case Unfit(fault):
                text, diff = sentence(fault), ()
            case _:
                assert_never(plan)
        hidden = (
            ("act", "roll_back"),
            ("id", template.id),
            ("version", str(version)),
            ("seen", str(template.version)),
        )
        return TemplateChangeView(
            frame=frame_of(visit, LIST),
            title=f"Back to version {version} of {template.id}?",
            text=text,
            button="Do as it said",
            dangerous=False,
            back=template_path(template.id),
            hidden=hidden,
            diff=diff,
        )

    def _done(self, template_id: str, what: str) -> Response:
        pairs = [("id", template_id), ("done", what)]
        return see_other(
            f"{self.admin.address.base_url}/admin/template?{encode_parameters(pairs)}", https=self.pages.https
        )

    def _missing(self, visit: Visit) -> Response:
        view = RefusedView(frame_of(visit, LIST), "There is no such template", "Its id may be misspelt.", LIST)
        return self.pages.render(view, status=_MISSING)


def _check_password(visit: Visit, asked: Parameters) -> None:
    """Switching off a template stops everybody who uses it. Raises PasswordNeeded."""
    if asked.get("act") == "disable":
        visit.require_recent_password(change_path("disable", _id(asked)))


def _id(asked: Parameters) -> ClientId:
    return ClientId((asked.get("id") or "")[:200])


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - far more than there are
