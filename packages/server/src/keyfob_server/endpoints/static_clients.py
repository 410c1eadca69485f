"""What operators do to static clients: the command line, pages and API by the same functions.

All raise StorageUnavailable. `act` says who and why; it is kept in the audit.
"""

import base64
from dataclasses import dataclass, field, replace

from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.administration import MAX_REASON, Unfit
from keyfob_server.ports.document_changes import PutClient
from keyfob_server.ports.sealing import SecretHasher
from keyfob_server.ports.static_clients import StaticClientStore, StoredClient
from keyfob_server.ports.world import Entropy
from keyfob_server.rules.accounts import is_plain_text
from keyfob_server.rules.acts import Act
from keyfob_server.rules.configured_clients import (
    ClientRules,
    ConfiguredClient,
    client_document,
    client_fault,
    ends_tokens,
)
from keyfob_server.rules.document_diff import MemberChange, document_diff
from keyfob_server.rules.records import ACTIVE, RETIRED, Client

SECRET_PURPOSE = "client_secret"
"""What the hash is bound to."""
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class ClientTools:
    """What changing a client works with."""

    clients: StaticClientStore
    hasher: SecretHasher
    entropy: Entropy
    rules: ClientRules


@dataclass(frozen=True, slots=True)
class ClientPlan:
    """What a change would do. Made by `plan_client` alone."""

    configured: ConfiguredClient
    seen: StoredClient | None
    diff: tuple[MemberChange, ...]
    ends_tokens: bool
    """It takes something away: what was issued to the client dies."""
    makes_secret: bool
    sets_secret: bool
    """The secret that was given is another one than it has."""


@dataclass(frozen=True, slots=True)
class ClientApplied:
    client_id: ClientId
    plan: ClientPlan
    secret: str = field(default="", repr=False)
    """The one that was made, shown once; empty when none was."""


@dataclass(frozen=True, slots=True)
class ClientUnchanged:
    """It is as it should be already."""

    seen: StoredClient


@dataclass(frozen=True, slots=True)
class ClientMoved:
    """Somebody else changed it first; nothing was written."""

    client_id: ClientId


@dataclass(frozen=True, slots=True)
class NoSuchClient:
    client_id: ClientId


@dataclass(frozen=True, slots=True)
class ClientRemoved:
    client_id: ClientId


@dataclass(frozen=True, slots=True)
class SecretRotated:
    client_id: ClientId
    secret: str = field(repr=False)


async def plan_client(tools: ClientTools, configured: ConfiguredClient) -> ClientPlan | ClientUnchanged | Unfit:
    """What applying it would do now."""
    if sentence := client_fault(configured, tools.rules):
        return Unfit(sentence)
    seen = await tools.clients.find_client(configured.id)
    old = seen.client if seen else None
    stored_secret = old.secret_hash if old else ""
    sets = bool(configured.secret) and not tools.hasher.verify(SECRET_PURPOSE, configured.secret, stored_secret)
    makes = configured.confidential and not configured.secret and not stored_secret
    if old is None:
        diff = document_diff({}, client_document(configured))
        return ClientPlan(configured, None, diff, ends_tokens=False, makes_secret=makes, sets_secret=sets)
    same = (old.metadata, old.settings) == (configured.metadata, configured.settings)
    if seen and same and old.status != RETIRED and not sets and not makes:
        return ClientUnchanged(seen)
    diff = document_diff(client_document(old), client_document(configured))
    if old.status == RETIRED:
        diff = (*diff, MemberChange("status", RETIRED, ACTIVE))
    return ClientPlan(configured, seen, diff, ends_tokens(old, configured), makes_secret=makes, sets_secret=sets)


def planned_client(tools: ClientTools, plan: ClientPlan) -> tuple[PutClient, str]:
    """The change, and the secret that was made for it, empty when none was.

    A status that somebody set stays, but a removed client comes back.
    """
    configured = plan.configured
    secret = new_client_secret(tools.entropy) if plan.makes_secret else ""
    old = plan.seen.client if plan.seen else None
    given = secret or (configured.secret if plan.sets_secret else "")
    kept = old.secret_hash if old and configured.confidential else ""
    client = Client(
        client_id=configured.id,
        kind="static",
        status=old.status if old and old.status != RETIRED else ACTIVE,
        generation=1,
        metadata=configured.metadata,
        secret_hash=tools.hasher.hash(SECRET_PURPOSE, given) if given else kept,
        settings=configured.settings,
    )
    return PutClient(client, plan.seen, plan.ends_tokens), secret


async def apply_client(
    tools: ClientTools, configured: ConfiguredClient, *, act: Act
) -> ClientApplied | ClientUnchanged | ClientMoved | Unfit:
    """In force at the next request."""
    if sentence := _reason_fault(act):
        return Unfit(sentence)
    plan = await plan_client(tools, configured)
    if not isinstance(plan, ClientPlan):
        return plan
    put, secret = planned_client(tools, plan)
    if not await tools.clients.put_client(put.client, seen=put.seen, ends_tokens=put.ends_tokens, act=act):
        return ClientMoved(configured.id)
    return ClientApplied(configured.id, plan, secret)


async def remove_client(
    tools: ClientTools, client_id: ClientId, *, act: Act
) -> ClientRemoved | ClientUnchanged | ClientMoved | NoSuchClient | Unfit:
    """Its tokens are dead at once; what was registered through it stays. Applied again, it comes back."""
    if sentence := _reason_fault(act):
        return Unfit(sentence)
    if client_id in tools.rules.named_by_settings:
        return Unfit("the settings file names this client: take it out there")
    seen = await tools.clients.find_client(client_id)
    if seen is None:
        return NoSuchClient(client_id)
    if seen.client.status == RETIRED:
        return ClientUnchanged(seen)
    gone = replace(seen.client, status=RETIRED, secret_hash="")
    done = await tools.clients.put_client(gone, seen=seen, ends_tokens=True, act=act)
    return ClientRemoved(client_id) if done else ClientMoved(client_id)


async def rotate_client_secret(
    tools: ClientTools, client_id: ClientId, *, ends_tokens: bool, act: Act
) -> SecretRotated | ClientMoved | NoSuchClient | Unfit:
    """The old secret is dead at once; with `ends_tokens` also what was issued to the client."""
    if sentence := _reason_fault(act):
        return Unfit(sentence)
    seen = await tools.clients.find_client(client_id)
    if seen is None or seen.client.status == RETIRED:
        return NoSuchClient(client_id)
    if client_id in tools.rules.named_by_settings or seen.client.metadata.token_endpoint_auth_method == "none":
        return Unfit("this client has no secret")
    secret = new_client_secret(tools.entropy)
    changed = replace(seen.client, secret_hash=tools.hasher.hash(SECRET_PURPOSE, secret))
    done = await tools.clients.put_client(changed, seen=seen, ends_tokens=ends_tokens, act=act)
    return SecretRotated(client_id, secret) if done else ClientMoved(client_id)


def new_client_secret(entropy: Entropy) -> str:
    """43 url-safe characters."""
    return base64.urlsafe_b64encode(entropy.bytes(_SECRET_BYTES)).rstrip(b"=").decode()


def _reason_fault(act: Act) -> str:
    if len(act.reason) > MAX_REASON or not is_plain_text(act.reason):
        return f"a reason has at most {MAX_REASON} characters, and no control characters"
    return ""
