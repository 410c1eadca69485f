"""What administrators see of one instance, and do to several."""

from dataclasses import dataclass
from typing import Final

from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.administration import MAX_REASON, NoSuchInstances, OffForGood, Unfit
from keyfob_server.endpoints.kill import Killed, change_status
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.accounts import is_plain_text
from keyfob_server.rules.acts import Act, AuditRecord
from keyfob_server.rules.instance_search import GrantSummary
from keyfob_server.rules.records import ACTIVE, FINAL, Account, Client, generations_of
from keyfob_server.rules.summaries import InstanceSummary

MAX_GRANTS: Final = 20
MAX_HISTORY: Final = 50


@dataclass(frozen=True, slots=True)
class InstanceStory:
    now: int
    summary: InstanceSummary
    client: Client
    """As it is in force: of a template's instance merged with the template."""
    owner: Account | None
    grants: tuple[GrantSummary, ...]
    """Newest first, not all of many."""
    history: tuple[AuditRecord, ...]
    """Newest first, not all of many."""

    def is_live(self, grant: GrantSummary) -> bool:
        """Whether an app could still use it."""
        account = self.owner.generation if self.owner else 0
        return (
            self.client.status == grant.status == ACTIVE
            and grant.expires > self.now
            and (self.client.template is None or self.client.template.status == ACTIVE)
            and self.owner is not None
            and (self.owner.id, self.owner.status) == (grant.account_id, ACTIVE)
            and grant.generations == generations_of(self.client, account)
        )


@dataclass(frozen=True, slots=True)
class InstancesActed:
    done: tuple[Killed, ...]
    unchanged: tuple[InstanceSummary, ...]
    """They had the status already."""
    late: tuple[ClientId, ...] = ()
    """Not changed: they were switched off for good at this moment."""
    unreached: tuple[ClientId, ...] = ()
    """Not changed: the database did not answer any more."""


async def story_of(admin: AdminServices, client_id: ClientId) -> InstanceStory | None:
    """None when there is no such instance. Raises StorageUnavailable."""
    store = admin.store
    summary = await store.find_instance(client_id)
    client = (await store.load(client_id=client_id)).client
    if summary is None or client is None:
        return None
    loaded = await store.load(client_id=client_id, account_id=client.owner)
    return InstanceStory(
        now=loaded.now,
        summary=summary,
        client=client,
        owner=loaded.account,
        grants=tuple(await store.instance_search.list_grants(client_id, limit=MAX_GRANTS)),
        history=tuple(await store.audit.list_audit_of("instance", client_id, limit=MAX_HISTORY)),
    )


async def found_instances(
    admin: AdminServices, client_ids: tuple[ClientId, ...]
) -> tuple[InstanceSummary, ...] | NoSuchInstances:
    """Raises StorageUnavailable."""
    found = {client_id: await admin.store.find_instance(client_id) for client_id in client_ids}
    if missing := tuple(client_id for client_id, one in found.items() if one is None):
        return NoSuchInstances(missing)
    return tuple(one for one in found.values() if one is not None)


async def act_on_instances(
    admin: AdminServices, client_ids: tuple[ClientId, ...], status: str, act: Act
) -> InstancesActed | NoSuchInstances | OffForGood | Unfit:
    """All or none as far as one can see before; a reason is required.

    Raises StorageUnavailable when nothing was done.
    """
    if not act.reason.strip():
        return Unfit("say why: the reason is kept with the change")
    if len(act.reason) > MAX_REASON or not is_plain_text(act.reason):
        return Unfit(f"a reason has at most {MAX_REASON} characters, and no control characters")
    present = await found_instances(admin, client_ids)
    if isinstance(present, NoSuchInstances):
        return present
    if final := tuple(one.client_id for one in present if one.status in FINAL and one.status != status):
        return OffForGood(final)
    services = admin.services
    done: list[Killed] = []
    late: list[ClientId] = []
    open_ones = [one for one in present if one.status != status]
    while open_ones:
        one = open_ones[0]
        try:
            killed = await change_status(
                admin.store, one.client_id, status, act, signer=services.signer, issuer=services.policy.issuer
            )
        except StorageUnavailable:
            if not done:
                raise
            break
        del open_ones[0]
        if killed is None:
            late.append(one.client_id)
        else:
            done.append(killed)
            services.events.emit("instance.status_changed", client_id=one.client_id, status=status)
    if late and not done:
        return OffForGood(tuple(late))
    unchanged = tuple(one for one in present if one.status == status)
    return InstancesActed(tuple(done), unchanged, tuple(late), tuple(one.client_id for one in open_ones))
