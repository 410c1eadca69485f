"""Records as a loading statement would bring them, with sensible defaults."""

from dataclasses import replace
from typing import Any

from keyfob_protocol.authorization_request import AuthorizationRequest
from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId, CodeId, GrantId, SessionId
from keyfob_server.rules.liveness import LiveSession
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import Account, Authentication, Client, Generations, Grant, GrantKey, Loaded, Session
from keyfob_server.rules.sealed_claims import AccessClaims, CodeClaims

NOW = 1_800_000_000
POLICY = Policy(base_url="https://id.example")
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
REDIRECT = "io.example.app:/callback"

ACCOUNT = Account(id=AccountId("anna-id"), user_name="anna", status="active", generation=3, created=NOW - 9999)
CLIENT = Client(
    client_id=ClientId("phone"),
    kind="instance",
    status="active",
    generation=2,
    metadata=ClientMetadata(
        redirect_uris=(REDIRECT,),
        scope=("openid", "profile"),
        grant_types=("authorization_code", "refresh_token"),
        application_type="native",
    ),
    secret_hash="hash",
    owner=ACCOUNT.id,
)
AUTHENTICATION = Authentication(auth_time=NOW - 100, acr=POLICY.acr, amr=("pwd",))
GENERATIONS = Generations(client=2, account=3)
GRANT = Grant(
    key=GrantKey(CLIENT.client_id, GrantId("grant")),
    account_id=ACCOUNT.id,
    scope=("openid", "profile"),
    status="active",
    generation=1,
    access_generation=1,
    generations=GENERATIONS,
    authentication=AUTHENTICATION,
    salt=b"0123456789abcdef",
    created=NOW - 100,
    rotated_at=NOW - 100,
    expires=NOW + 86400,
    refresh_counter=5,
)
SESSION = Session(
    id=SessionId("session"),
    account_id=ACCOUNT.id,
    account_generation=3,
    authentication=AUTHENTICATION,
    status="active",
    created=NOW - 100,
    seen_at=NOW - 100,
    expires=NOW + 86400,
)
LIVE_SESSION = LiveSession(SESSION, ACCOUNT)
LOADED = Loaded(now=NOW, client=CLIENT, account=ACCOUNT, grant=GRANT, session=SESSION)
ACCESS = AccessClaims(
    client_id=CLIENT.client_id,
    grant_key=GRANT.key,
    account_id=ACCOUNT.id,
    scope=("openid",),
    generations=GENERATIONS,
    grant_generation=1,
    access_generation=1,
    expires_at=NOW + 300,
)
CODE = CodeClaims(
    id=CodeId("code"),
    client_id=CLIENT.client_id,
    grant_client_id=CLIENT.client_id,
    account_id=ACCOUNT.id,
    scope=("openid",),
    redirect_hash="",
    code_challenge=CHALLENGE,
    nonce="n",
    authentication=AUTHENTICATION,
    generations=GENERATIONS,
    session_id=SESSION.id,
    expires_at=NOW + 60,
)


def client(**changes: Any) -> Client:
    """`metadata_x=...` changes the metadata's field `x`."""
    metadata = {
        name.removeprefix("metadata_"): value for name, value in changes.items() if name.startswith("metadata_")
    }
    own = {name: value for name, value in changes.items() if not name.startswith("metadata_")}
    return replace(CLIENT, metadata=replace(CLIENT.metadata, **metadata), **own)


def asking(**changes: Any) -> AuthorizationRequest:
    request = AuthorizationRequest(client_id="phone", redirect_uri=REDIRECT, code_challenge=CHALLENGE)
    return replace(request, **changes)
