"""Documents as operators apply them, planned and applied on an open store."""

from pathlib import Path

from keyfob_protocol.identifiers import ClientId
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.secrets import HmacSecretHasher
from keyfob_server.endpoints.configuration import (
    DocumentTools,
    Item,
    ItemChange,
    ItemPlan,
    apply_document,
    plan_document,
)
from keyfob_server.endpoints.static_clients import ClientTools
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.configured_clients import ClientRules
from keyfob_server.settings.document_file import parse_document
from support_jose import ROOTS
from support_templates import tools_of as template_tools_of

ACT, ELSEWHERE = Act("command line: anna", "orders go live"), Act("command line: ben")
DOCUMENT = """
[registration]
authenticate = "both"

[scopes]
orders = "See your orders"

[[template]]
id = "orders-app"
client_name = "Orders"
application_type = "native"
redirect_uris = ["com.example.orders:/callback"]
scope = "openid profile"

[[client]]
id = "orders-api"
grant_types = ["client_credentials"]
introspection_scopes = ["orders"]

[[client]]
id = "orders-web"
grant_types = ["client_credentials"]
introspection_scopes = ["orders"]
"""
WIDER = DOCUMENT.replace('"openid profile"', '"openid profile email"').replace(
    'id = "orders-web"', 'id = "orders-web"\nclient_name = "Orders on the web"'
)
"""Changes a template and a client; the rest is as it is."""


def items(text: str) -> tuple[Item, ...]:
    read = parse_document(Path("document.toml"), text, {})
    settled = (one for one in (read.scopes, read.registration) if one is not None)
    return (*settled, *read.templates, *read.clients)


def tools_of(store: Store) -> DocumentTools:
    templates = template_tools_of(store)
    rules = ClientRules(frozenset(), templates.authenticators)
    clients = ClientTools(store.static_clients, HmacSecretHasher(ROOTS), SystemEntropy(), rules)
    return DocumentTools(clients, templates, store.stored_settings, store.documents)


async def planned(store: Store, text: str) -> list[ItemPlan]:
    plans = [plan for plan in await plan_document(tools_of(store), items(text)) if isinstance(plan, ItemPlan)]
    assert len(plans) == 5
    return plans


async def applied(store: Store, text: str) -> tuple[ItemChange, ...]:
    done = await apply_document(tools_of(store), await planned(store, text), act=ACT)
    assert isinstance(done, tuple), done
    return done


async def state(store: Store) -> tuple[object, ...]:
    """All that a document writes, with the audit."""
    return (
        await store.static_clients.list_clients(),
        await store.templates.list_templates(),
        await store.templates.list_versions(ClientId("orders-app")),
        await store.stored_settings.get("registration"),
        await store.stored_settings.get("scopes"),
        await store.audit.list_audit(),
    )
