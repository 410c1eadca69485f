"""Registered clients: search, the story of one, and switching off and on."""

from dataclasses import dataclass
from typing import Final, assert_never

from starlette.responses import Response

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_server.endpoints.admin_instances import (
    InstancesActed,
    act_on_instances,
    found_instances,
    story_of,
)
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.administration import NoSuchInstances, OffForGood, Unfit
from keyfob_server.rules.instance_search import MAX_SEARCH_TEXT, SEARCH_BY, InstanceQuery, SearchBy
from keyfob_server.rules.records import ACTIVE, INACTIVE, REVOKED
from keyfob_server.web.admin import instance_views as views
from keyfob_server.web.admin.instance_words import receipt_shown, row_of, view_of
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.views import RefusedView, frame_of
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.admin.words import count, reason_of, sentence

LIST: Final = "/admin/instances"
CHANGE: Final = "/admin/instances/change"
PAGE: Final = 50
_REFUSED: Final = 409
_MISSING: Final = 404
_UNFIT: Final = 422


@dataclass(frozen=True, slots=True)
class Verb:
    status: str
    asks: str
    """Of how many instances, as `{}` says."""
    effect: str
    button: str
    done: str


VERBS: Final = {
    "suspend": Verb(
        INACTIVE,
        "Suspend {}?",
        "All tokens die at once, and nobody can sign in there, until an administrator reactivates it.",
        "Suspend",
        "Suspended",
    ),
    "reactivate": Verb(
        ACTIVE,
        "Reactivate {}?",
        "People can sign in there again. Tokens from before stay dead.",
        "Reactivate",
        "Reactivated",
    ),
    "revoke": Verb(
        REVOKED,
        "Revoke {} for ever?",
        "All tokens die at once, and the app must register anew. This cannot be undone.",
        "Revoke for ever",
        "Revoked",
    ),
}


@dataclass(frozen=True, slots=True)
class InstancePages:
    admin: AdminServices
    pages: AdminPages

    async def show_list(self, visit: Visit) -> Response:
        query, before = _query_of(visit.query), (visit.query.get("before") or "")[:2000]
        page = await self.admin.store.instance_search.search(query, before=before, limit=PAGE)
        view = views.InstancesView(
            frame=frame_of(visit, LIST),
            by=query.by,
            text=query.text,
            status=query.status,
            rows=tuple(row_of(one) for one in page.instances),
            older=_list_path(query, page.before) if page.before else "",
            newest=_list_path(query) if before else "",
            looked_through=page.looked_through,
        )
        return self.pages.render(view)

    async def show_one(self, visit: Visit) -> Response:
        story = await story_of(self.admin, ClientId(visit.path["client_id"]))
        if story is None:
            return self._missing(visit)
        return self.pages.render(view_of(frame_of(visit, LIST), story))

    async def ask(self, visit: Visit) -> Response:
        """The page between choosing and doing."""
        return await self._ask(visit, visit.query)

    async def change(self, visit: Visit) -> Response:
        form = visit.form
        verb, ids = VERBS.get(form.get("act") or ""), _ids(form)
        if verb is None or not ids:
            return await self._ask(visit, form)
        _check_password(visit, form)
        outcome = await act_on_instances(self.admin, ids, verb.status, visit.act(reason_of(form)))
        match outcome:
            case InstancesActed():
                return self._changed(visit, verb, outcome)
            case Unfit(fault):
                return await self._ask(visit, form, error=sentence(fault))
            case NoSuchInstances():
                return self._missing(visit)
            case OffForGood(final):
                text = f"{', '.join(final)} is switched off for good. Nothing was changed."
                view = RefusedView(frame_of(visit, LIST), "This cannot be changed any more", text, LIST)
                return self.pages.render(view, status=_REFUSED)
            case _:
                assert_never(outcome)

    async def _ask(self, visit: Visit, asked: Parameters, error: str = "") -> Response:
        act, ids = asked.get("act") or "", _ids(asked)
        verb = VERBS.get(act)
        if verb is None or not ids:
            text = "Choose at least one instance, and then what to do with it."
            refused = RefusedView(frame_of(visit, LIST), "Nothing chosen", text, LIST)
            return self.pages.render(refused, status=_UNFIT)
        _check_password(visit, asked)
        found = await found_instances(self.admin, ids)
        if isinstance(found, NoSuchInstances):
            return self._missing(visit)
        view = views.ChangeView(
            frame=frame_of(visit, LIST),
            act=act,
            title=verb.asks.format("this instance" if len(found) == 1 else count(len(found), "instance")),
            text=verb.effect,
            button=verb.button,
            dangerous=verb.status == REVOKED,
            rows=tuple(row_of(one) for one in found),
            back=row_of(found[0]).path if len(found) == 1 else LIST,
            reason=asked.get("reason") or "",
            error=error,
        )
        return self.pages.render(view, status=_UNFIT if error else 200)

    def _changed(self, visit: Visit, verb: Verb, outcome: InstancesActed) -> Response:
        number = len(outcome.done)
        view = views.ChangedView(
            frame=frame_of(visit, LIST),
            title=f"{verb.done} {count(number, 'instance')}" if number else "Nothing to change",
            text=verb.effect if number else "What you chose was so already.",
            receipts=tuple(receipt_shown(killed) for killed in outcome.done),
            unchanged=tuple(row_of(one) for one in outcome.unchanged),
            late=outcome.late,
            unreached=outcome.unreached,
        )
        return self.pages.render(view, status=_REFUSED if outcome.late or outcome.unreached else 200)

    def _missing(self, visit: Visit) -> Response:
        text = "It may have been removed long after it ended, or the address is misspelt."
        view = RefusedView(frame_of(visit, LIST), "There is no such instance", text, LIST)
        return self.pages.render(view, status=_MISSING)


def _check_password(visit: Visit, asked: Parameters) -> None:
    """Nobody can undo it, and one after the other is as much as many at once. Raises PasswordNeeded."""
    if asked.get("act") == "revoke":
        visit.require_recent_password(change_path("revoke", _ids(asked)))


def _ids(asked: Parameters) -> tuple[ClientId, ...]:
    return tuple(ClientId(one) for one in dict.fromkeys(asked.all("id")))[:PAGE]


def change_path(act: str, client_ids: tuple[ClientId, ...]) -> str:
    return f"{CHANGE}?{encode_parameters([('act', act), *(('id', one) for one in client_ids)])}"


def _query_of(asked: Parameters) -> InstanceQuery:
    """What is no way to search is no way to fail: then everything is found."""
    wanted = asked.get("by")
    by: SearchBy = next((one for one in SEARCH_BY if one == wanted), "user")
    text = (asked.get("text") or "").strip()[:MAX_SEARCH_TEXT]
    return InstanceQuery(by, text, (asked.get("status") or "")[:40])


def _list_path(query: InstanceQuery, before: str = "") -> str:
    pairs = [("by", query.by), ("text", query.text), ("status", query.status), ("before", before)]
    return f"{LIST}?{encode_parameters(pair for pair in pairs if pair[1])}"
