"""Initial access tokens that administrators issue: the list, a new one, shown once, and taking one back."""

from dataclasses import dataclass
from typing import Final, assert_never

from starlette.responses import Response

from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.administration import NoSuchAccount, Unfit
from keyfob_server.endpoints.initial_tokens import (
    NoSuchTemplate,
    NoSuchToken,
    TokenIssued,
    TokenRevoked,
    issue_initial_token,
    list_initial_tokens,
    revoke_initial_token,
    show_initial_token,
)
from keyfob_server.endpoints.registration_policies import REGISTRATION_POLICIES
from keyfob_server.rules.administrators import refusal_to_change
from keyfob_server.rules.initial_token_records import IssuedInitialToken
from keyfob_server.rules.new_initial_token import NewInitialToken
from keyfob_server.rules.records import ACTIVE
from keyfob_server.web.admin.initial_token_views import (
    InitialTokenRow,
    InitialTokensView,
    IssuedTokenView,
    NewInitialTokenView,
    NewTokenForm,
    PolicyChoice,
)
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.views import ActView, Fact, RefusedView, frame_of
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.admin.words import reason_of, sentence, utc
from keyfob_server.web.pages.present import see_other

LIST: Final = "/admin/initial-tokens"
CHANGE: Final = "/admin/initial-token-changes"
PAGE: Final = 50
_POLICIES: Final = tuple(PolicyChoice(entry.name, entry.summary) for entry in REGISTRATION_POLICIES.values())
_MISSING, _UNFIT = 404, 422
_MAX_TYPED: Final = 20_000


@dataclass(frozen=True, slots=True)
class InitialTokenPages:
    admin: AdminServices
    pages: AdminPages

    async def show_list(self, visit: Visit) -> Response:
        after = (visit.query.get("after") or "")[:100]
        found = await list_initial_tokens(self.admin.store.initial_tokens, after=after, limit=PAGE + 1)
        more = f"{LIST}?{encode_parameters([('after', found[PAGE - 1].id)])}" if len(found) > PAGE else ""
        done = "Revoked: it registers nothing any more." if visit.query.get("done") == "revoke" else ""
        rows = tuple(_row(one, visit.now) for one in found[:PAGE])
        return self.pages.render(InitialTokensView(frame_of(visit, LIST), rows, more, done))

    async def ask_new(self, visit: Visit) -> Response:
        return self.pages.render(NewInitialTokenView(frame_of(visit, LIST), NewTokenForm(), _POLICIES))

    async def issue(self, visit: Visit) -> Response:
        form, act = visit.form, visit.act(reason_of(visit.form))
        typed = _typed(form)
        if not act.reason:
            return self._again(visit, typed, "Say why: the reason is kept with the token.")
        if refusal := await self._foreign(visit, typed.user_name):
            return self._again(visit, typed, refusal)
        outcome = await issue_initial_token(self.admin.token_issuer, _asked(typed), act, now=visit.now)
        match outcome:
            case TokenIssued(token, record):
                view = IssuedTokenView(frame_of(visit, LIST), token, _facts(record, visit.now))
                return self.pages.render(view)
            case NoSuchAccount():
                return self._again(visit, typed, "No account of that user name can sign in.")
            case NoSuchTemplate():
                return self._again(visit, typed, "No template of that id is active.")
            case Unfit(fault):
                return self._again(visit, typed, sentence(fault))
            case _:
                assert_never(outcome)

    async def _foreign(self, visit: Visit, user_name: str) -> str:
        """Why no instances may be made for that account here; empty when they may."""
        account = (await self.admin.store.find_sign_in(user_name.lower())).account if user_name else None
        if account is None or account.id == visit.administrator.account.id:
            return ""
        refusal = refusal_to_change(visit.administrator, account)
        return sentence(refusal) if refusal else ""

    async def ask_revoke(self, visit: Visit) -> Response:
        return await self._ask_revoke(visit, visit.query)

    async def revoke(self, visit: Visit) -> Response:
        act = visit.act(reason_of(visit.form))
        if not act.reason:
            return await self._ask_revoke(visit, visit.form, "Say why: the reason is kept with the change.")
        outcome = await revoke_initial_token(self.admin.store.initial_tokens, visit.form.get("id") or "", act)
        match outcome:
            case TokenRevoked():
                return see_other(f"{self.admin.address.base_url}{LIST}?done=revoke", https=self.pages.https)
            case NoSuchToken():
                return self._missing(visit)
            case Unfit(fault):
                return await self._ask_revoke(visit, visit.form, sentence(fault))
            case _:
                assert_never(outcome)

    async def _ask_revoke(self, visit: Visit, asked: Parameters, error: str = "") -> Response:
        found = await show_initial_token(self.admin.store.initial_tokens, asked.get("id") or "")
        if isinstance(found, NoSuchToken):
            return self._missing(visit)
        view = ActView(
            frame=frame_of(visit, LIST),
            title="Revoke this initial token?",
            text="It registers nothing any more. What was registered with it stays.",
            button="Revoke",
            action=CHANGE,
            back=LIST,
            hidden=(("id", found.id),),
            facts=_facts(found, visit.now),
            reason=asked.get("reason") or "",
            error=error,
        )
        return self.pages.render(view, status=_UNFIT if error else 200)

    def _again(self, visit: Visit, typed: NewTokenForm, error: str) -> Response:
        view = NewInitialTokenView(frame_of(visit, LIST), typed, _POLICIES, visit.form.get("reason") or "", error)
        return self.pages.render(view, status=_UNFIT)

    def _missing(self, visit: Visit) -> Response:
        text = "It was revoked before, or it was removed long after its end."
        view = RefusedView(frame_of(visit, LIST), "There is no such token", text, LIST)
        return self.pages.render(view, status=_MISSING)


def _typed(form: Parameters) -> NewTokenForm:
    return NewTokenForm(
        uses=(form.get("uses") or "").strip()[:20],
        lifetime_s=(form.get("lifetime_s") or "").strip()[:20],
        user_name=(form.get("user_name") or "").strip()[:100],
        template=(form.get("template") or "").strip()[:200],
        redirect_uris=(form.get("redirect_uris") or "")[:_MAX_TYPED],
        note=(form.get("note") or "").strip()[:300],
        policies=tuple(name for name in REGISTRATION_POLICIES if form.get(f"policy-{name}") is not None),
    )


def _asked(typed: NewTokenForm) -> NewInitialToken:
    """What is no number is one that is refused."""
    return NewInitialToken(
        uses=_number(typed.uses) if typed.uses else None,
        lifetime_s=_number(typed.lifetime_s),
        user_name=typed.user_name.lower(),
        template=typed.template,
        redirect_uris=tuple(typed.redirect_uris.split()),
        note=typed.note,
        policies=typed.policies,
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else -1


def _uses(token: IssuedInitialToken) -> str:
    return f"{token.uses} used, " + ("any number left" if token.uses_left is None else f"{token.uses_left} left")


def _state(token: IssuedInitialToken, now: int) -> str:
    if token.status != ACTIVE:
        return "Revoked"
    if token.expires <= now:
        return "Expired"
    return "Used up" if token.uses_left == 0 else "In force"


def _row(token: IssuedInitialToken, now: int) -> InitialTokenRow:
    state = _state(token, now)
    live = state == "In force"
    return InitialTokenRow(
        token_id=token.id,
        note=token.note,
        user_name=token.user_name,
        template=token.template or "",
        uses=_uses(token),
        expires=utc(token.expires),
        live=live,
        state=state,
        issued_by=token.issued_by,
        revoke=f"{CHANGE}?{encode_parameters([('id', token.id)])}" if live else "",
    )


def _facts(token: IssuedInitialToken, now: int) -> tuple[Fact, ...]:
    facts = (
        Fact("Token id", token.id, code=True),
        Fact("For", token.note),
        Fact("Its instances belong to", token.user_name or "whoever signs in through each first"),
        Fact("Template", token.template or "", code=True),
        Fact("Redirect URIs", " ".join(token.limits.redirect_uris), code=True),
        Fact("Registration policies", " ".join(token.limits.policies), code=True),
        Fact("Uses", _uses(token)),
        Fact("Expires", utc(token.expires)),
        Fact("State", _state(token, now)),
        Fact("Issued by", token.issued_by),
    )
    return tuple(fact for fact in facts if fact.value)
