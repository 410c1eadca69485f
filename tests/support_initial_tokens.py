"""Initial tokens of every kind, and what they are asked to register, against the server in this process."""

from dataclasses import replace

import httpx

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.initial_tokens import (
    TokenIssued,
    TokenIssuer,
    issue_initial_token,
    mint_initial_token,
)
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.new_initial_token import NewInitialToken
from keyfob_server.rules.records import ACTIVE, Client
from support_app import REDIRECT, REGISTER, SEED_REQUEST, Instance, Keyfob, bearer

ISSUER = ClientId("dcr-issuer")
SECRET = "the-secret-of-the-issuer-of-initial-tokens"
ACT = Act(by="command line: root", reason="a test")
KEY = "an-idempotency-key-0001"


def issuer_of(keyfob: Keyfob) -> TokenIssuer:
    store, services = keyfob.installation.store, keyfob.installation.services
    return TokenIssuer(store.initial_tokens, store.templates, store, services.sealer, services.entropy)


def issued(keyfob: Keyfob, new: NewInitialToken | None = None) -> TokenIssued:
    """Out of band, by an administrator."""
    answer = keyfob.run(issue_initial_token(issuer_of(keyfob), new or NewInitialToken(), ACT, now=keyfob.clock()))
    assert isinstance(answer, TokenIssued), answer
    return answer


def put_issuer(keyfob: Keyfob, *, client_id: ClientId = ISSUER, **settings: object) -> Client:
    """A confidential static client that may have initial tokens; `settings` are further ClientSettings."""
    hasher = keyfob.installation.services.hasher
    client = Client(
        client_id=client_id,
        kind="static",
        status=ACTIVE,
        generation=1,
        metadata=ClientMetadata(redirect_uris=(), scope=(), grant_types=("client_credentials",)),
        secret_hash=hasher.hash("client_secret", SECRET),
        settings=replace(ClientSettings(initial_tokens=True), **settings),  # type: ignore[arg-type] # as they are named
    )
    keyfob.run(keyfob.installation.store.put_static_client(client, now=keyfob.clock()))
    found = keyfob.run(keyfob.installation.store.load(client_id=client_id)).client
    assert found is not None
    return found


def client_token(keyfob: Keyfob, client: Client | None = None, *, template: str = "") -> str:
    """By client credentials."""
    return mint_initial_token(
        keyfob.installation.services,
        client or put_issuer(keyfob),
        now=keyfob.clock(),
        template=ClientId(template) if template else None,
    )[0]


def put_template(keyfob: Keyfob, name: str, *, seen: int = 0, **settings: object) -> ClientId:
    template_id = ClientId(name)
    metadata = ClientMetadata(
        redirect_uris=(REDIRECT,),
        scope=("openid", "profile"),
        grant_types=("authorization_code", "refresh_token"),
        application_type="native",
        names={"client_name": f"App of {name}", "client_name#fr": f"Appli {name}"},
    )
    own = replace(ClientSettings(), **settings)  # type: ignore[arg-type] # as they are named
    templates = keyfob.installation.store.templates
    assert keyfob.run(templates.put_template(template_id, metadata, own, seen=seen, ends_grants=False, act=ACT))
    return template_id


def post(
    keyfob: Keyfob, token: str, document: dict[str, object] | None = None, *, key: str | None = None
) -> httpx.Response:
    headers = bearer(token) | ({} if key is None else {"idempotency-key": key})
    return keyfob.request("POST", REGISTER, json=SEED_REQUEST if document is None else document, headers=headers)


def registered(answer: httpx.Response) -> Instance:
    assert answer.status_code == 201, answer.text
    document = answer.json()
    return Instance(document["client_id"], document.get("client_secret", ""), document)
