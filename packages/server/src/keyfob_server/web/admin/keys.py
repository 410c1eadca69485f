"""Signing keys: the list, and a new one."""

from dataclasses import dataclass
from typing import Final, assert_never

from starlette.responses import Response

from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_server.endpoints.admin_keys import KeyPublished, publish_key, show_keys
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.administration import Unfit
from keyfob_server.web.admin.key_views import KeyRow, KeysView
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.views import ActView, Fact, RefusedView, frame_of
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.admin.words import duration, reason_of, sentence, utc
from keyfob_server.web.pages.present import see_other

LIST: Final = "/admin/keys"
CHANGE: Final = "/admin/key-changes"
_UNFIT: Final = 422
_STATES: Final = {
    "published": "Waits",
    "signing": "Signs",
    "retired": "Verifies what it signed",
    "withdrawn": "Withdrawn",
}


@dataclass(frozen=True, slots=True)
class KeyPages:
    admin: AdminServices
    pages: AdminPages

    async def show_list(self, visit: Visit) -> Response:
        shown = await show_keys(self.admin)
        rows = tuple(
            KeyRow(
                kid=one.kid,
                alg=one.alg,
                state=_STATES[shown.plan.states[one.kid]],
                signs=shown.plan.states[one.kid] == "signing",
                published="Yes" if one.kid in shown.plan.published else "No",
                created=utc(one.created),
                signs_from=utc(one.signs_from),
            )
            for one in shown.records
        )
        done = (
            "Published. It signs as soon as everybody has had the time to fetch it." if visit.query.get("done") else ""
        )
        return self.pages.render(KeysView(frame_of(visit, LIST), rows, self.admin.keys.algorithms(), done))

    async def ask(self, visit: Visit) -> Response:
        return self._ask(visit, visit.query)

    async def publish(self, visit: Visit) -> Response:
        alg = visit.form.get("alg") or ""
        _check_password(visit, alg)
        outcome = await publish_key(self.admin, alg, visit.act(reason_of(visit.form)))
        match outcome:
            case KeyPublished():
                return see_other(f"{self.admin.address.base_url}{LIST}?done=1", https=self.pages.https)
            case Unfit(fault):
                return self._ask(visit, visit.form, sentence(fault))
            case _:
                assert_never(outcome)

    def _ask(self, visit: Visit, asked: Parameters, error: str = "") -> Response:
        alg = asked.get("alg") or ""
        if alg not in self.admin.keys.algorithms():
            text = f"Choose one of {', '.join(self.admin.keys.algorithms())}."
            view = RefusedView(frame_of(visit, LIST), "No such algorithm", text, LIST)
            return self.pages.render(view, status=_UNFIT)
        _check_password(visit, alg)
        policy = self.admin.services.policy
        page = ActView(
            frame=frame_of(visit, LIST),
            title=f"Publish a new {alg} key?",
            text="Apps fetch it from the key set. When it begins to sign, the one before it stays published.",
            button="Publish",
            action=CHANGE,
            back=LIST,
            hidden=(("alg", alg),),
            facts=(
                Fact("It signs after", duration(policy.key_publish_ahead_s)),
                Fact("The old one stays published for", duration(policy.key_keep_published_s)),
            ),
            reason=asked.get("reason") or "",
            error=error,
        )
        return self.pages.render(page, status=_UNFIT if error else 200)


def _check_password(visit: Visit, alg: str) -> None:
    """Raises PasswordNeeded."""
    visit.require_recent_password(f"{CHANGE}?{encode_parameters([('alg', alg)])}")
