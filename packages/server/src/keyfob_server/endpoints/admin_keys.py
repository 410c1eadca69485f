"""What administrators see of signing keys, and the one thing that they do to them: a new one."""

from dataclasses import dataclass

from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.administration import MAX_REASON, Unfit
from keyfob_server.ports.key_making import KeyMakerUnusable
from keyfob_server.rules.accounts import is_plain_text
from keyfob_server.rules.acts import Act
from keyfob_server.rules.records import SigningKeyRecord
from keyfob_server.rules.signing_keys import KeyPlan, in_order, plan_keys


@dataclass(frozen=True, slots=True)
class KeysShown:
    records: tuple[SigningKeyRecord, ...]
    """The newest first."""
    plan: KeyPlan
    now: int


@dataclass(frozen=True, slots=True)
class KeyPublished:
    record: SigningKeyRecord


async def show_keys(admin: AdminServices) -> KeysShown:
    """Raises StorageUnavailable."""
    records = await admin.store.list_signing_keys()
    now = (await admin.store.load()).now
    plan = plan_keys(records, now=now, keep_published_s=admin.services.policy.key_keep_published_s)
    return KeysShown(tuple(reversed(in_order(records))), plan, now)


async def publish_key(admin: AdminServices, alg: str, act: Act) -> KeyPublished | Unfit:
    """It signs after `key_publish_ahead_s`, when everybody has it. Raises StorageUnavailable."""
    if alg not in admin.keys.algorithms():
        return Unfit("choose one of the algorithms")
    if not act.reason.strip():
        return Unfit("say why: the reason is kept with the change")
    if len(act.reason) > MAX_REASON or not is_plain_text(act.reason):
        return Unfit(f"a reason has at most {MAX_REASON} characters, and no control characters")
    now = (await admin.store.load()).now
    ahead = admin.services.policy.key_publish_ahead_s
    try:
        record = await admin.keys.make(alg, created=now, signs_from=now + ahead)
    except KeyMakerUnusable as error:
        return Unfit(str(error))
    await admin.store.key_acts.publish_signing_key(record, act=act)
    admin.services.events.emit("key.published", kid=record.kid, alg=alg)
    return KeyPublished(record)
