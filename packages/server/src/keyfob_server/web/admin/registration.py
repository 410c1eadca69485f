"""Dynamic registration: on or off, who authenticates, with or without templates, for how long, and which scopes."""

from dataclasses import dataclass, fields, replace
from typing import Final, assert_never

from starlette.responses import Response

from keyfob_protocol.parameters import Parameters
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.administration import Unfit
from keyfob_server.endpoints.alarms import present_alarms
from keyfob_server.endpoints.registration_settings import (
    SettingsChanged,
    SettingsMoved,
    change_registration,
    stored_registration,
)
from keyfob_server.rules.registration_overrides import SETTING, RegistrationOverrides, apply, in_force
from keyfob_server.web.admin.alarm_words import all_alarms
from keyfob_server.web.admin.registration_views import RegistrationForm, RegistrationView
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.views import frame_of
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.admin.words import history_row, reason_of, sentence
from keyfob_server.web.pages.present import see_other

PATH: Final = "/admin/registration"
MAX_HISTORY: Final = 20
_UNFIT: Final = 422
_MOVED: Final = 409
_MAX_TYPED: Final = 5000


@dataclass(frozen=True, slots=True)
class RegistrationPages:
    admin: AdminServices
    pages: AdminPages

    async def show(self, visit: Visit) -> Response:
        view = await self._view(visit)
        if visit.query.get("saved") == "1":
            view = replace(view, done="Saved. It is in force at the next request.")
        return self.pages.render(view)

    async def change(self, visit: Visit) -> Response:
        typed = _typed(visit.form)
        file = in_force(self.admin.services.policy)
        overrides = RegistrationOverrides() if visit.form.get("reset") else _differing(_overrides(typed), file)
        outcome = await change_registration(
            self.admin.services, overrides, seen=visit.form.get("seen") or "", act=visit.act(reason_of(visit.form))
        )
        match outcome:
            case SettingsChanged():
                return see_other(f"{self.admin.address.base_url}{PATH}?saved=1", https=self.pages.https)
            case SettingsMoved():
                error = "Somebody else changed these settings first. This is how they are now; nothing was changed."
                return self.pages.render(replace(await self._view(visit), error=error), status=_MOVED)
            case Unfit(fault):
                view = await self._view(visit)
                again = replace(
                    view,
                    form=typed,
                    seen=visit.form.get("seen") or "",
                    reason=visit.form.get("reason") or "",
                    error=sentence(fault),
                )
                return self.pages.render(again, status=_UNFIT)
            case _:
                assert_never(outcome)

    async def _view(self, visit: Visit) -> RegistrationView:
        services = self.admin.services
        stored = await stored_registration(services)
        history = await self.admin.store.audit.list_audit_of("setting", SETTING, limit=MAX_HISTORY)
        return RegistrationView(
            frame=frame_of(visit, PATH),
            form=_form(in_force(apply(services.policy, stored.overrides))),
            file=_form(in_force(services.policy)),
            seen=stored.text,
            overridden=stored.overrides.any,
            endpoint=services.policy.base_url + services.policy.paths.registration,
            history=tuple(history_row(record) for record in history),
            alarms=all_alarms(await present_alarms(services.watching)),
        )


def _form(facts: RegistrationOverrides) -> RegistrationForm:
    return RegistrationForm(
        enabled=bool(facts.enabled),
        authenticate=facts.authenticate or "",
        templatized=bool(facts.templatized),
        non_templatized=bool(facts.non_templatized),
        initial_token_lifetime_s=str(facts.initial_token_lifetime_s),
        allowed_scopes=" ".join(facts.allowed_scopes or ()),
    )


def _typed(form: Parameters) -> RegistrationForm:
    return RegistrationForm(
        enabled=form.get("enabled") == "1",
        authenticate=(form.get("authenticate") or "")[:20],
        templatized=form.get("templatized") == "1",
        non_templatized=form.get("non_templatized") == "1",
        initial_token_lifetime_s=(form.get("initial_token_lifetime_s") or "").strip()[:20],
        allowed_scopes=(form.get("allowed_scopes") or "")[:_MAX_TYPED],
    )


def _overrides(typed: RegistrationForm) -> RegistrationOverrides:
    """What was typed, as a decision; what is no number is one that is refused."""
    lifetime = typed.initial_token_lifetime_s
    return RegistrationOverrides(
        enabled=typed.enabled,
        authenticate=typed.authenticate,
        templatized=typed.templatized,
        non_templatized=typed.non_templatized,
        initial_token_lifetime_s=int(lifetime) if lifetime.isascii() and lifetime.isdecimal() else -1,
        allowed_scopes=tuple(typed.allowed_scopes.split()),
    )


def _differing(asked: RegistrationOverrides, file: RegistrationOverrides) -> RegistrationOverrides:
    """Only what the settings do not say already, so that a later change of the file counts where nobody decided."""
    if not asked.templatized and not asked.non_templatized:
        return asked
    same = {one.name: None for one in fields(asked) if getattr(asked, one.name) == getattr(file, one.name)}
    return replace(asked, **same)
