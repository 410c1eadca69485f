"""Every admin page in every state that matters, as a value; and the same with a stranger's text in every place."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from keyfob_server.web.admin.account_views import AccountRow, AccountsView, AccountView
from keyfob_server.web.admin.client_views import ClientRow, ClientsView, ClientView
from keyfob_server.web.admin.initial_token_views import (
    InitialTokenRow,
    InitialTokensView,
    IssuedTokenView,
    NewInitialTokenView,
    NewTokenForm,
    PolicyChoice,
)
from keyfob_server.web.admin.instance_views import (
    ActOffered,
    ChangedView,
    ChangeView,
    GrantRow,
    InstanceRow,
    InstancesView,
    InstanceView,
    ReceiptShown,
    StatusShown,
)
from keyfob_server.web.admin.key_views import AuditView, KeyRow, KeysView
from keyfob_server.web.admin.registration_views import RegistrationForm, RegistrationView
from keyfob_server.web.admin.render import AdminView
from keyfob_server.web.admin.template_views import (
    DiffRow,
    TemplateChangeView,
    TemplateEditView,
    TemplateRow,
    TemplatesView,
    TemplateView,
    VersionShown,
)
from keyfob_server.web.admin.views import NAVIGATION, ActView, Fact, Frame, HistoryRow, NoticeView, RefusedView
from support_alarms import SHOWN_ALARMS

ID = "019a5b5e-7c11-7d0f-8f39-3a2f7b1c0d4e"
WHEN, LATER = "2026-11-20 09:41 UTC", "2026-11-23 18:02 UTC"
FRAME = Frame("admin", "owner", "0" * 64, NAVIGATION, "/admin/instances")
ACTIVE, HELD = StatusShown("active", "Active"), StatusShown("inactive", "Suspended")
REVOKED = StatusShown("revoked", "Revoked")
_ROW = InstanceRow(ID, "/page/instance", "Harbour Bank", "Anna's phone", "anna", "shop", ACTIVE, WHEN, LATER)
ROWS = (
    _ROW,
    replace(_ROW, client_id=ID.replace("019a", "019b"), name="", template="", status=HELD),
    replace(
        _ROW, client_id=ID.replace("019a", "019c"), name="", app="", user_name="", status=REVOKED, last_used="Never"
    ),
)
FACTS = (Fact("Client id", ID, code=True), Fact("App", "Harbour Bank"), Fact("Owner", "anna"), Fact("Registered", WHEN))
HISTORY = (
    HistoryRow(LATER, "instance.suspended", "admin page: admin", "192.0.2.7", "lost on a train", "active → inactive"),
    HistoryRow(WHEN, "instance.reactivated", "command line: root", "", "", ""),
)
GRANTS = (
    GrantRow(WHEN, LATER, "openid profile", live=True, state="In force", refreshes=12),
    GrantRow(WHEN, WHEN, "openid", live=False, state="Ended: code replayed", refreshes=0),
)
ACTS = (ActOffered("Suspend", "/page/act"), ActOffered("Revoke for ever", "/page/act", dangerous=True))
METADATA = (
    Fact("redirect_uris", "io.curity.dcrclient:/callback https://app.example/callback", code=True),
    Fact("default_acr_values", "urn:se:curity:authentication:html-form:Username-Password", code=True),
)
DIFF = (
    DiffRow("scope", "openid profile", "openid"),
    DiffRow("client_name", "", "Shop"),
    DiffRow("contacts", "a@b", ""),
)
INSTANCES = InstancesView(FRAME, "name", "phone", "active", ROWS, "/page/instances", "/page/instances", 0)
INSTANCE = InstanceView(FRAME, "Anna's phone", ACTIVE, "", FACTS, METADATA, GRANTS, HISTORY, ACTS)
CHANGE = ChangeView(
    frame=FRAME,
    act="suspend",
    title="Suspend this instance?",
    text="All tokens die at once.",
    button="Suspend",
    dangerous=False,
    rows=ROWS[:1],
    back="/page/instance",
)
FORM = RegistrationForm(
    enabled=True,
    authenticate="user",
    templatized=True,
    non_templatized=True,
    initial_token_lifetime_s="300",
    allowed_scopes="openid profile email phone address",
)
REGISTRATION = RegistrationView(
    frame=FRAME,
    form=FORM,
    file=FORM,
    seen="",
    overridden=False,
    endpoint="https://id.example/token-service/oauth-registration",
    history=(),
)
PERSON = AccountRow("anna", "/page/account", "Anna Example", "anna@example.com", "", ACTIVE, WHEN)
ACCOUNT = AccountView(FRAME, "anna", ACTIVE, FACTS[1:], ACTS, "", ROWS[:2], "/page/instances", HISTORY)
VERSIONS = (
    VersionShown(f"Version 2, {LATER}", "admin page: admin", "a new name", DIFF, ""),
    VersionShown(f"Version 1, {WHEN}", "command line: root", "", (), "/page/template_change"),
)
TEMPLATE = TemplateView(
    FRAME,
    "shop",
    ACTIVE,
    FACTS[:1],
    METADATA,
    ACTS[1:],
    "/page/instances",
    "/page/template_edit",
    VERSIONS,
    "/page/template",
    HISTORY,
)
TEMPLATE_CHANGE = TemplateChangeView(
    frame=FRAME,
    title="Back to version 1 of shop?",
    text="All instances change with it at the next request.",
    button="Do as it said",
    dangerous=False,
    back="/page/template",
    hidden=(("act", "roll_back"),),
    diff=DIFF,
)
EDIT = TemplateEditView(FRAME, "shop", '[[template]]\nid = "shop"\nscope = "openid"\n', 2, "/page/template")
POLICIES = (
    PolicyChoice("consent", "People are asked for their consent."),
    PolicyChoice("pairwise", "Subjects are pairwise."),
)
TOKEN = InitialTokenRow(
    ID, "for the shop floor", "anna", "shop", "1 used, 1 left", LATER, live=True, state="In force",
    issued_by="admin page: admin", revoke="/page/act",
)  # fmt: skip
KEY = KeyRow("Z3n" * 14, "RS256", "Signs", signs=True, published="Yes", created=WHEN, signs_from=LATER)

ADMIN_GALLERY: dict[str, AdminView] = {
    "notice": NoticeView("You are signed out", "You were away.", "Nothing changed.", "/page/notice", "Sign in again"),
    "refused": RefusedView(FRAME, "There is no such instance", "The address may be misspelt.", "/page/instances"),
    "instances": INSTANCES,
    "instances_none": replace(INSTANCES, rows=(), older="", newest=""),
    "instances_looked": replace(INSTANCES, rows=ROWS[:1], looked_through=5000),
    "instances_looked_none": replace(INSTANCES, rows=(), looked_through=5000),
    "instance": INSTANCE,
    "instance_new": replace(INSTANCE, grants=(), history=()),
    "instance_revoked": replace(
        INSTANCE, status=REVOKED, status_text=f"by admin page: admin on {LATER} because: stolen", acts=()
    ),
    "change": CHANGE,
    "change_many": replace(CHANGE, title="Revoke 3 instances?", button="Revoke for ever", dangerous=True, rows=ROWS),
    "change_error": replace(CHANGE, error="Say why: the reason is kept with the change."),
    "changed": ChangedView(
        FRAME,
        "Revoked 1 instance",
        "All tokens die at once.",
        (ReceiptShown(ID, "/page/instance", (Fact("Status now", "Revoked"), Fact("Reason", "stolen")), "e" * 700),),
        ROWS[1:],
    ),
    "registration": REGISTRATION,
    "registration_changed": replace(
        REGISTRATION,
        form=replace(FORM, enabled=False, authenticate="client", templatized=False),
        overridden=True,
        history=HISTORY,
        done="Saved. It is in force at the next request.",
    ),
    "registration_alarms": replace(REGISTRATION, alarms=SHOWN_ALARMS),
    "registration_error": replace(REGISTRATION, reason="safer", error="An initial token lives 10 to 7776000 seconds."),
    "accounts": AccountsView(
        FRAME, "a", (PERSON, replace(PERSON, user_name="ben", roles="support, operator", status=HELD)), "/page/accounts"
    ),
    "accounts_none": AccountsView(FRAME, "zz", (), ""),
    "account": ACCOUNT,
    "account_done": replace(ACCOUNT, done="Disabled: all its sessions and tokens are dead.", status=HELD),
    "account_refused": replace(ACCOUNT, acts=(), refusal="Only an owner can change it.", instances=(), history=()),
    "act": ActView(
        FRAME, "Disable anna?", "All sessions die at once.", "Disable", "/submitted", "/page/account",
        (("act", "disable"),), FACTS[:2], dangerous=True,
    ),
    "templates": TemplatesView(
        FRAME, (TemplateRow("shop", "/page/template", "Shop", ACTIVE, 2),), "/page/templates"
    ),
    "templates_none": TemplatesView(FRAME, (), ""),
    "template": replace(TEMPLATE, alarms=SHOWN_ALARMS[1:]),
    "template_off": replace(TEMPLATE, status=HELD, done="Switched off: its instances are suspended.", history=()),
    "template_change": TEMPLATE_CHANGE,
    "template_change_error": replace(TEMPLATE_CHANGE, dangerous=True, diff=(), error="Say why."),
    "template_edit": EDIT,
    "template_edit_error": replace(EDIT, errors=("line:3: scope: is no member", "line:9: is not TOML")),
    "template_edit_new": replace(EDIT, template_id="", seen=0),
    "template_edit_preview": replace(EDIT, diff=DIFF, ends_grants=True),
    "clients": ClientsView(
        FRAME, (ClientRow("orders-api", "/page/client", "Orders API", "asks about tokens", ACTIVE),), "/page/clients"
    ),
    "clients_none": ClientsView(FRAME, (), ""),
    "client": ClientView(FRAME, "orders-api", ACTIVE, FACTS[:2], METADATA, HISTORY),
    "client_new": ClientView(FRAME, "orders-api", HELD, FACTS[:2], METADATA, ()),
    "initial_tokens": InitialTokensView(
        FRAME, (TOKEN, replace(TOKEN, note="", live=False, state="Expired", revoke="")), "/page/initial_tokens"
    ),
    "initial_tokens_none": InitialTokensView(FRAME, (), "", "Revoked: it registers nothing any more."),
    "initial_token_new": NewInitialTokenView(FRAME, NewTokenForm(), POLICIES),
    "initial_token_error": NewInitialTokenView(
        FRAME, NewTokenForm(uses="x", policies=("consent",)), POLICIES, "a box", "No such account."
    ),
    "initial_token_issued": IssuedTokenView(FRAME, "2.Zx" * 90, FACTS),
    "keys": KeysView(FRAME, (KEY, replace(KEY, state="Waits", signs=False)), ("RS256", "ES256"), "Published."),
    "audit": AuditView(FRAME, tuple((entry, f"instance {ID}") for entry in HISTORY), "/page/audit"),
    "audit_none": AuditView(FRAME, (), ""),
}  # fmt: skip

_PATHS = (
    "path",
    "back",
    "link",
    "action",
    "older",
    "newest",
    "more",
    "all_instances",
    "instances",
    "earlier",
    "roll_back",
    "edit",
)
_OURS = frozenset(
    {*_PATHS, "revoke", "code", "form_token", "role", "current", "minimum", "by", "act", "hidden", "items"}
)
"""What no stranger chooses: addresses of ours, and what the pages themselves post."""
_T = TypeVar("_T")


def saying(value: _T, text: str) -> _T:
    """The same with `text` in every place that shows what somebody chose, and in some that do not."""
    if is_dataclass(value) and not isinstance(value, type):
        changes = {
            one.name: saying(held, text)
            for one in fields(value)
            if not (isinstance(held := getattr(value, one.name), str) and one.name in _OURS) and one.name != "items"
        }
        return cast("_T", replace(cast("Any", value), **changes))
    if isinstance(value, tuple):
        return cast("_T", tuple(saying(one, text) for one in value))
    return cast("_T", text) if isinstance(value, str) else value
