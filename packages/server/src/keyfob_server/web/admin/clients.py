"""Static clients: the list, and one of them. They are written in documents, and applied by the command line."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import encode_parameters
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.ports.static_clients import StoredClient
from keyfob_server.rules.configured_clients import client_document
from keyfob_server.rules.records import ACTIVE, RETIRED, Client
from keyfob_server.web.admin.client_views import ClientRow, ClientsView, ClientView
from keyfob_server.web.admin.instance_views import StatusShown
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.template_words import text_of
from keyfob_server.web.admin.views import Fact, RefusedView, frame_of
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.admin.words import history_row, utc

LIST: Final = "/admin/clients"
PAGE: Final = 50
MAX_HISTORY: Final = 20
_MISSING: Final = 404


@dataclass(frozen=True, slots=True)
class ClientPages:
    admin: AdminServices
    pages: AdminPages

    async def show_list(self, visit: Visit) -> Response:
        after = (visit.query.get("after") or "")[:200]
        found = await self.admin.store.static_clients.list_clients(after=after, limit=PAGE + 1)
        more = ""
        if len(found) > PAGE:
            more = f"{LIST}?{encode_parameters([('after', found[PAGE - 1].client.client_id)])}"
        rows = tuple(_row(one.client) for one in found[:PAGE])
        return self.pages.render(ClientsView(frame_of(visit, LIST), rows, more))

    async def show_one(self, visit: Visit) -> Response:
        client_id = ClientId((visit.query.get("id") or "")[:200])
        stored = await self.admin.store.static_clients.find_client(client_id)
        if stored is None:
            text = "Its id may be misspelt. Installs of apps are among the registered clients."
            view = RefusedView(frame_of(visit, LIST), "There is no such client", text, LIST)
            return self.pages.render(view, status=_MISSING)
        history = await self.admin.store.audit.list_audit_of("client", client_id, limit=MAX_HISTORY)
        document = client_document(stored.client).items()
        page = ClientView(
            frame=frame_of(visit, LIST),
            client_id=client_id,
            status=_status(stored.client),
            facts=_facts(stored),
            document=tuple(Fact(name, text_of(value), code=True) for name, value in document),
            history=tuple(history_row(record) for record in history),
        )
        return self.pages.render(page)


def _row(client: Client) -> ClientRow:
    path = f"/admin/client?{encode_parameters([('id', client.client_id)])}"
    return ClientRow(client.client_id, path, client.metadata.client_name, _uses(client), _status(client))


def _uses(client: Client) -> str:
    """What it is for, as far as its settings say."""
    settings = client.settings
    uses = (
        (settings.registration_client, "apps register through it"),
        (settings.initial_tokens, "gets initial tokens"),
        (bool(settings.introspection_scopes), "asks about tokens"),
        (bool(client.metadata.redirect_uris) and not settings.registration_client, "people sign in"),
    )
    return ", ".join(text for so, text in uses if so) or "-"


def _status(client: Client) -> StatusShown:
    if client.status == ACTIVE:
        return StatusShown(ACTIVE, "Active")
    if client.status == RETIRED:
        return StatusShown("revoked", "Removed")
    return StatusShown("inactive", "Suspended" if client.status == "inactive" else f"Suspended ({client.status})")


def _facts(stored: StoredClient) -> tuple[Fact, ...]:
    client = stored.client
    secret = "It has a secret" if client.secret_hash else "It has no secret"
    return (
        Fact("Client id", client.client_id, code=True),
        Fact("Used for", _uses(client)),
        Fact("Secret", secret),
        Fact("Written down", utc(stored.created)),
        Fact("Changed", utc(stored.updated)),
    )
