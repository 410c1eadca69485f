from typing import Final

import msgspec

from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.document_changes import PutClient, SameClient
from keyfob_server.ports.static_clients import StoredClient
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.acts import Act
from keyfob_server.rules.configured_clients import client_document
from keyfob_server.rules.document_diff import document_diff
from keyfob_server.rules.records import RETIRED, Client
from keyfob_server.storage import static_client_statements as texts
from keyfob_server.storage.audit_steps import audit_step
from keyfob_server.storage.client_documents import client_of, text_of
from keyfob_server.storage.executor import Executor, Row, SqlValue, Step

_LARGEST_PAGE: Final = 1000


class SqlStaticClientStore:
    """ports.static_clients.StaticClientStore."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def find_client(self, client_id: ClientId) -> StoredClient | None:
        found = await self._executor.read(texts.FIND_STATIC_CLIENT, (client_id,))
        return _stored_of(found[0]) if found else None

    async def list_clients(self, *, after: str = "", limit: int = 100) -> list[StoredClient]:
        page = max(0, min(limit, _LARGEST_PAGE))
        return [_stored_of(row) for row in await self._executor.read(texts.LIST_STATIC_CLIENTS, (after, page))]

    async def put_client(self, client: Client, *, seen: StoredClient | None, ends_tokens: bool, act: Act) -> bool:
        return bool(await self._executor.write(*put_client_steps(PutClient(client, seen, ends_tokens), act)))


def put_client_steps(put: PutClient, act: Act) -> tuple[Step, ...]:
    client, seen = put.client, put.seen
    event, before, after = _told(client, seen)
    told = audit_step(event, "client", client.client_id, act, before=before, after=after)
    columns: tuple[SqlValue, ...] = (
        client.client_id,
        client.secret_hash,
        client.secret_expires_at,
        text_of(client.metadata),
        text_of(client.settings),
        client.registration_client,
        client.any_loopback_port,
        client.status,
    )
    if seen is None:
        return told, Step(texts.ADD_STATIC_CLIENT, columns)
    # without the generation a change of status would look as if made by hand
    raises = put.ends_tokens or client.status != seen.client.status
    return told, Step(texts.CHANGE_STATIC_CLIENT, (*columns, int(raises), *_as_seen(seen)))


def same_client_step(same: SameClient) -> Step:
    """Brings no row when it is not as it was seen."""
    return Step(texts.IS_STATIC_CLIENT_AS_SEEN, (same.seen.client.client_id, *_as_seen(same.seen)))


def _as_seen(seen: StoredClient) -> tuple[SqlValue, ...]:
    return seen.client.generation, seen.client.status, seen.client.secret_hash, *seen.seen


def _told(client: Client, seen: StoredClient | None) -> tuple[str, str, str]:
    """The event, and what was before and after: the status, or after a change the names of what changed."""
    if seen is None:
        return "client.added", "", client.status
    old = seen.client
    if old.status != client.status:
        event = "client.removed" if client.status == RETIRED else "client.added"
        return event, old.status, client.status
    changed = document_diff(client_document(old), client_document(client))
    if not changed:
        return "client.secret_rotated", "", ""
    return "client.changed", "", " ".join(one.member for one in changed)


def _stored_of(row: Row) -> StoredClient:
    """Raises StorageUnavailable when somebody left a document that cannot be read."""
    client_id, status, generation, attributes, secret, expires, settings, registration, any_port, created, updated = row
    columns = (
        client_id, True, status, generation, attributes, secret, expires, "", 0, "", settings, registration, any_port,
        0, None, None, None, None, None,
    )  # fmt: skip
    try:
        client = client_of(columns)
    except msgspec.MsgspecError as error:
        raise StorageUnavailable(f"the stored client {client_id} cannot be read: {error}") from error
    return StoredClient(client, created, updated, (attributes, settings))
