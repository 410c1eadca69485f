"""Accounts: the list, one of them, and switching off, on, and signing out everywhere."""

from dataclasses import dataclass
from typing import Final, assert_never
from urllib.parse import quote

from starlette.responses import Response

from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_server.endpoints.admin_accounts import (
    ACCOUNT_ACTS,
    AccountAct,
    AccountStory,
    NotYours,
    account_story,
    act_on_account,
)
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.administration import AccountChanged, NoSuchAccount, Unfit
from keyfob_server.rules.administrators import ROLES
from keyfob_server.rules.records import ACTIVE, Account
from keyfob_server.web.admin.account_views import AccountRow, AccountsView, AccountView
from keyfob_server.web.admin.instance_views import ActOffered, StatusShown
from keyfob_server.web.admin.instance_words import row_of
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.views import ActView, Fact, RefusedView, frame_of
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.admin.words import history_row, reason_of, sentence, utc
from keyfob_server.web.pages.present import see_other

LIST: Final = "/admin/accounts"
CHANGE: Final = "/admin/account-changes"
"""Not below the list: every name there may be a person's."""
PAGE: Final = 50
_MISSING, _NOT_YOURS, _UNFIT = 404, 403, 422


@dataclass(frozen=True, slots=True)
class Verb:
    label: str
    asks: str
    effect: str
    done: str


VERBS: Final[dict[AccountAct, Verb]] = {
    "disable": Verb(
        "Disable",
        "Disable {}?",
        "All sessions, codes and tokens of this account die at once, on every device, and nobody can sign in with it.",
        "Disabled: all its sessions and tokens are dead.",
    ),
    "enable": Verb(
        "Enable",
        "Enable {}?",
        "The person can sign in again. What died before stays dead.",
        "Enabled.",
    ),
    "sign_out": Verb(
        "Sign out everywhere",
        "Sign out {} everywhere?",
        "All sessions, codes and tokens of this account die at once. The person can sign in again with the password.",
        "Signed out everywhere.",
    ),
}


@dataclass(frozen=True, slots=True)
class AccountPages:
    admin: AdminServices
    pages: AdminPages

    async def show_list(self, visit: Visit) -> Response:
        text, after = (visit.query.get("text") or "").strip()[:100], (visit.query.get("after") or "")[:100]
        found = await self.admin.store.account_acts.search(text, after=after, limit=PAGE + 1)
        more = ""
        if len(found) > PAGE:
            pairs = (("text", text), ("after", found[PAGE - 1].user_name))
            more = f"{LIST}?{encode_parameters(pair for pair in pairs if pair[1])}"
        rows = tuple(_row(account) for account in found[:PAGE])
        return self.pages.render(AccountsView(frame_of(visit, LIST), text, rows, more))

    async def show_one(self, visit: Visit) -> Response:
        story = await account_story(self.admin, visit.administrator, visit.path["user_name"])
        if story is None:
            return self._missing(visit)
        done = _verb(visit.query.get("done"))
        return self.pages.render(_view(visit, story, VERBS[done].done if done else ""))

    async def ask(self, visit: Visit) -> Response:
        return await self._ask(visit, visit.query)

    async def change(self, visit: Visit) -> Response:
        act, user_name = _verb(visit.form.get("act")), visit.form.get("user") or ""
        if act is None:
            return self._missing(visit)
        await self._check_password(visit, act, user_name)
        outcome = await act_on_account(
            self.admin, visit.administrator, user_name, act, visit.act(reason_of(visit.form))
        )
        match outcome:
            case AccountChanged():
                path = f"{account_path(user_name)}?done={act}"
                return see_other(f"{self.admin.address.base_url}{path}", https=self.pages.https)
            case NoSuchAccount():
                return self._missing(visit)
            case NotYours(fault):
                view = RefusedView(frame_of(visit, LIST), "Nothing was changed", sentence(fault), LIST)
                return self.pages.render(view, status=_NOT_YOURS)
            case Unfit(fault):
                return await self._ask(visit, visit.form, error=sentence(fault))
            case _:
                assert_never(outcome)

    async def _ask(self, visit: Visit, asked: Parameters, error: str = "") -> Response:
        act, user_name = _verb(asked.get("act")), asked.get("user") or ""
        story = await account_story(self.admin, visit.administrator, user_name)
        if act is None or story is None:
            return self._missing(visit)
        if story.refusal:
            view = RefusedView(
                frame_of(visit, LIST), "Not yours to change", sentence(story.refusal), account_path(user_name)
            )
            return self.pages.render(view, status=_NOT_YOURS)
        await self._check_password(visit, act, user_name)
        verb = VERBS[act]
        page = ActView(
            frame=frame_of(visit, LIST),
            title=verb.asks.format(story.account.user_name),
            text=verb.effect,
            button=verb.label,
            action=CHANGE,
            back=account_path(user_name),
            hidden=(("act", act), ("user", user_name)),
            facts=_facts(story.account),
            dangerous=act == "disable",
            reason=asked.get("reason") or "",
            error=error,
        )
        return self.pages.render(page, status=_UNFIT if error else 200)

    async def _check_password(self, visit: Visit, act: AccountAct, user_name: str) -> None:
        """Taking an administrator out is dangerous. Raises PasswordNeeded."""
        account = (await self.admin.store.find_sign_in(user_name)).account
        if act == "disable" and account is not None and set(account.roles) & set(ROLES):
            visit.require_recent_password(f"{CHANGE}?{encode_parameters([('act', act), ('user', user_name)])}")

    def _missing(self, visit: Visit) -> Response:
        view = RefusedView(frame_of(visit, LIST), "There is no such account", "The name may be misspelt.", LIST)
        return self.pages.render(view, status=_MISSING)


def account_path(user_name: str) -> str:
    return f"{LIST}/{quote(user_name, safe='@+')}"


def _verb(text: str | None) -> AccountAct | None:
    return next((act for act in ACCOUNT_ACTS if act == text), None)


def _row(account: Account) -> AccountRow:
    return AccountRow(
        user_name=account.user_name,
        path=account_path(account.user_name),
        name=account.name,
        email=account.email,
        roles=", ".join(account.roles),
        status=_status(account),
        created=utc(account.created),
    )


def _status(account: Account) -> StatusShown:
    if account.status == ACTIVE:
        return StatusShown(ACTIVE, "Active")
    return StatusShown("inactive", "Disabled" if account.status == "inactive" else f"Disabled ({account.status})")


def _facts(account: Account) -> tuple[Fact, ...]:
    facts = (
        Fact("User name", account.user_name, code=True),
        Fact("Name", account.name),
        Fact("Email", account.email),
        Fact("Phone", account.phone_number),
        Fact("Administrator's role", ", ".join(account.roles) or "None"),
        Fact("Added", utc(account.created)),
        Fact("Account id", account.id, code=True),
    )
    return tuple(fact for fact in facts if fact.value)


def _view(visit: Visit, story: AccountStory, done: str) -> AccountView:
    account = story.account
    offered: tuple[AccountAct, ...] = ("sign_out", "disable") if account.status == ACTIVE else ("enable",)
    acts = tuple(
        ActOffered(
            VERBS[act].label,
            f"{CHANGE}?{encode_parameters([('act', act), ('user', account.user_name)])}",
            dangerous=act == "disable",
        )
        for act in offered
    )
    listed = encode_parameters([("by", "user"), ("text", account.user_name)])
    return AccountView(
        frame=frame_of(visit, LIST),
        user_name=account.user_name,
        status=_status(account),
        facts=_facts(account),
        acts=() if story.refusal else acts,
        refusal=sentence(story.refusal) if story.refusal else "",
        instances=tuple(row_of(one) for one in story.instances.instances),
        all_instances=f"/admin/instances?{listed}",
        history=tuple(history_row(record) for record in story.history),
        done=done,
    )
