"""What administrators see of accounts, and do to them."""

from dataclasses import dataclass
from typing import Final, Literal

from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.administration import MAX_REASON, AccountChanged, NoSuchAccount, Unfit
from keyfob_server.rules.accounts import is_plain_text
from keyfob_server.rules.acts import Act, AuditRecord
from keyfob_server.rules.administrators import Administrator, refusal_to_change
from keyfob_server.rules.instance_search import InstancePage, InstanceQuery
from keyfob_server.rules.records import ACTIVE, INACTIVE, Account

AccountAct = Literal["disable", "enable", "sign_out"]
ACCOUNT_ACTS: Final[tuple[AccountAct, ...]] = ("disable", "enable", "sign_out")
MAX_HISTORY: Final = 50
MAX_INSTANCES: Final = 20


@dataclass(frozen=True, slots=True)
class AccountStory:
    account: Account
    instances: InstancePage
    """The newest of the person's."""
    history: tuple[AuditRecord, ...]
    refusal: str | None
    """Why this administrator may not change it."""


@dataclass(frozen=True, slots=True)
class NotYours:
    """The account is not this administrator's to change."""

    sentence: str


async def account_story(admin: AdminServices, administrator: Administrator, user_name: str) -> AccountStory | None:
    """None when there is no such account. Raises StorageUnavailable."""
    account = (await admin.store.find_sign_in(user_name)).account
    if account is None:
        return None
    # by how the name begins, so others may be among them
    found = await admin.store.instance_search.search(InstanceQuery("user", user_name), limit=MAX_INSTANCES)
    own = tuple(one for one in found.instances if one.user_name == user_name)
    return AccountStory(
        account=account,
        instances=InstancePage(own, found.before),
        history=tuple(await admin.store.audit.list_audit_of("account", user_name, limit=MAX_HISTORY)),
        refusal=refusal_to_change(administrator, account),
    )


async def act_on_account(
    admin: AdminServices, administrator: Administrator, user_name: str, what: AccountAct, act: Act
) -> AccountChanged | NoSuchAccount | NotYours | Unfit:
    """A reason is required. Raises StorageUnavailable."""
    if not act.reason.strip():
        return Unfit("say why: the reason is kept with the change")
    if len(act.reason) > MAX_REASON or not is_plain_text(act.reason):
        return Unfit(f"a reason has at most {MAX_REASON} characters, and no control characters")
    account = (await admin.store.find_sign_in(user_name)).account
    if account is None:
        return NoSuchAccount()
    if refusal := refusal_to_change(administrator, account):
        return NotYours(refusal)
    if what == "sign_out":
        done = await admin.store.account_acts.sign_out_everywhere(user_name, by=administrator.account, act=act)
    else:
        status = INACTIVE if what == "disable" else ACTIVE
        done = await admin.store.account_acts.set_status(user_name, status, by=administrator.account, act=act)
    if not done:
        # accounts are never removed, so it is the administrator's own that moved
        return NotYours("your own account was changed at this moment; nothing was done")
    admin.services.events.emit("account.changed", account_id=account.id, change=what)
    return AccountChanged(user_name)
