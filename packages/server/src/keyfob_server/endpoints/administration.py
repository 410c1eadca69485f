"""What administrators do to accounts and instances: the command line now, pages and API by the same functions."""

from dataclasses import dataclass

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.endpoints.kill import Killed, change_status
from keyfob_server.ports.keys import TokenSigner
from keyfob_server.ports.passwords import Passwords
from keyfob_server.ports.storage import AdminStore, StorageUnavailable
from keyfob_server.rules.accounts import NewAccount, account_refusal, is_plain_text, password_refusal
from keyfob_server.rules.acts import ITSELF, Act
from keyfob_server.rules.records import ACTIVE, FINAL, REVOKED, Account
from keyfob_server.rules.summaries import InstanceSummary

MAX_REASON = 500
_PAGE = 500


@dataclass(frozen=True, slots=True)
class AccountAdded:
    account: Account


@dataclass(frozen=True, slots=True)
class UserNameTaken:
    """By an account that exists; a disabled one keeps its name, so that nobody inherits its instances."""


@dataclass(frozen=True, slots=True)
class AccountChanged:
    user_name: str


@dataclass(frozen=True, slots=True)
class NoSuchAccount:
    pass


@dataclass(frozen=True, slots=True)
class Unfit:
    """What was given breaks a rule; nothing was changed."""

    sentence: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A new status for instances. `by` and `reason` are kept in their rows."""

    status: str
    by: str
    reason: str = ""
    origin: str = ""
    """The network address of whoever asked; empty for the command line."""


@dataclass(frozen=True, slots=True)
class InstancesChanged:
    changed: tuple[InstanceSummary, ...]
    """As they are now."""
    unchanged: tuple[InstanceSummary, ...]
    """Those that had the status already."""
    receipts: tuple[Killed, ...] = ()
    """Of those that changed, in their order."""
    late: tuple[ClientId, ...] = ()
    """Not changed: they were switched off for good at this moment."""
    unreached: tuple[ClientId, ...] = ()
    """Not changed: the database did not answer any more."""


@dataclass(frozen=True, slots=True)
class NoSuchInstances:
    client_ids: tuple[ClientId, ...]


@dataclass(frozen=True, slots=True)
class OffForGood:
    """Revoked, deleted and expired are final. Nothing was changed."""

    client_ids: tuple[ClientId, ...]


async def add_account(
    store: AdminStore, passwords: Passwords, new: NewAccount, *, account_id: AccountId, now: int, act: Act = ITSELF
) -> AccountAdded | UserNameTaken | Unfit:
    """Raises StorageUnavailable, PasswordsBusy."""
    if sentence := account_refusal(new) or _known_refusal(passwords, new.password):
        return Unfit(sentence)
    account = Account(
        id=account_id,
        user_name=new.user_name,
        status=ACTIVE,
        generation=1,
        created=now,
        name=new.name,
        given_name=new.given_name,
        family_name=new.family_name,
        email=new.email,
        phone_number=new.phone_number,
        roles=new.roles,
    )
    added = await store.add_account(account, password_hash=await passwords.hash(new.password), act=act)
    return AccountAdded(account) if added else UserNameTaken()


async def set_password(
    store: AdminStore, passwords: Passwords, user_name: str, password: str, *, act: Act = ITSELF
) -> AccountChanged | NoSuchAccount | Unfit:
    """Sessions, codes and tokens from before die with the old password. Raises StorageUnavailable, PasswordsBusy."""
    if sentence := password_refusal(user_name, password) or _known_refusal(passwords, password):
        return Unfit(sentence)
    changed = await store.set_password(user_name, password_hash=await passwords.hash(password), act=act)
    return AccountChanged(user_name) if changed else NoSuchAccount()


def _known_refusal(passwords: Passwords, password: str) -> str | None:
    return "this password is among those that are tried first: choose another" if passwords.is_known(password) else None


async def set_account_status(
    store: AdminStore, user_name: str, status: str, *, act: Act = ITSELF
) -> AccountChanged | NoSuchAccount:
    """Raises StorageUnavailable."""
    changed = await store.set_account_status(user_name, status, act=act)
    return AccountChanged(user_name) if changed else NoSuchAccount()


async def instances_of(store: AdminStore, user_name: str) -> tuple[InstanceSummary, ...]:
    """All of them, page by page. Raises StorageUnavailable."""
    found: list[InstanceSummary] = []
    while page := await store.list_instances(
        user_name=user_name, after=found[-1].client_id if found else "", limit=_PAGE
    ):
        found.extend(page)
    return tuple(found)


def to_be_changed(instances: tuple[InstanceSummary, ...], status: str) -> tuple[InstanceSummary, ...]:
    """Those that a change to `status` would touch, when a person's instances are meant and not one by its id."""
    return tuple(instance for instance in instances if instance.status not in {status, *FINAL})


async def change_instances(
    store: AdminStore,
    client_ids: tuple[ClientId, ...],
    change: StatusChange,
    *,
    signer: TokenSigner | None = None,
    issuer: str = "",
) -> InstancesChanged | NoSuchInstances | OffForGood | Unfit:
    """Set the status of the instances named, all or none as far as one can see before. Raises StorageUnavailable.

    With a `signer` the receipts are signed, in the name of `issuer`.
    """
    if len(change.reason) > MAX_REASON or not is_plain_text(change.reason):
        return Unfit(f"a reason has at most {MAX_REASON} characters, and no control characters")
    found = {client_id: await store.find_instance(client_id) for client_id in client_ids}
    if missing := tuple(client_id for client_id, instance in found.items() if instance is None):
        return NoSuchInstances(missing)
    present = tuple(instance for instance in found.values() if instance is not None)
    if final := tuple(one.client_id for one in present if one.status in FINAL and one.status != change.status):
        return OffForGood(final)
    unchanged = tuple(one for one in present if one.status == change.status)
    open_ones = [one for one in present if one.status != change.status]
    late: list[ClientId] = []
    changed: list[InstanceSummary] = []
    receipts: list[Killed] = []
    act = Act(change.by, change.reason, change.origin)
    while open_ones:
        one = open_ones[0]
        try:
            done = await change_status(store, one.client_id, change.status, act, signer=signer, issuer=issuer)
        except StorageUnavailable:
            if not changed:
                raise
            break
        del open_ones[0]
        after = await store.find_instance(one.client_id)
        if done and after is not None:
            changed.append(after)
            receipts.append(done)
        elif change.status == REVOKED and after is not None:
            # Somebody else revoked it at the same moment, which is what was asked for.
            unchanged += (after,)
        else:
            late.append(one.client_id)
    if late and not changed:
        return OffForGood(tuple(late))
    unreached = tuple(one.client_id for one in open_ones)
    return InstancesChanged(tuple(changed), unchanged, tuple(receipts), tuple(late), unreached)
