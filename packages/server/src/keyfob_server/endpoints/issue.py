"""The only place that mints codes, tokens and client credentials."""

import base64
from dataclasses import dataclass, field

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.claims import at_hash
from keyfob_protocol.identifiers import ClientId, CodeId
from keyfob_protocol.token_response import TokenResponse
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.subjects import subject_for
from keyfob_server.rules.authorize import DCR, IssueCode
from keyfob_server.rules.client_token_claims import ClientTokenClaims
from keyfob_server.rules.code import redirect_hash
from keyfob_server.rules.lifetimes import Lifetimes, lifetimes_of
from keyfob_server.rules.records import Account, Client, Grant, generations_of
from keyfob_server.rules.redirect_target import RedirectTarget
from keyfob_server.rules.sealed_claims import AccessClaims, CodeClaims
from keyfob_server.rules.sessions import sid_of


@cheaply_made
@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Fresh credentials of an instance: shown once, stored as hashes."""

    client_secret: str = field(repr=False)
    """Empty for a public client."""
    secret_hash: str
    registration_access_token: str = field(repr=False)
    registration_token_hash: str


CLIENT_SECRET = "client_secret"
REGISTRATION_TOKEN = "registration_access_token"


def mint_code(
    services: Services,
    client: Client,
    decision: IssueCode,
    *,
    target: RedirectTarget,
    code_challenge: str,
    nonce: str,
    now: int,
) -> str:
    """A sealed code. The `dcr` code reserves the id of the future instance, under which its grant will lie."""
    session, account = decision.session.session, decision.session.account
    holder = ClientId(services.entropy.uuid7()) if DCR in decision.scope else client.client_id
    claims = CodeClaims(
        id=CodeId(services.entropy.uuid7()),
        client_id=client.client_id,
        grant_client_id=holder,
        account_id=account.id,
        scope=decision.scope,
        redirect_hash=redirect_hash(target.uri) if target.stated else "",
        code_challenge=code_challenge,
        nonce=nonce,
        authentication=session.authentication,
        generations=generations_of(client, account.generation),
        session_id=session.id,
        expires_at=now + services.policy.code_lifetime_s,
    )
    return services.sealer.seal(CodeClaims.PURPOSE, claims.encode(), now=now)


def mint_access_token(
    services: Services, client: Client, grant: Grant, *, account_generation: int, scope: tuple[str, ...], now: int
) -> tuple[str, int]:
    """The sealed token and its life in seconds. With scope `dcr` it is an initial token, for registration alone."""
    registering = DCR in scope
    own = client_lifetimes(services, client).access_token_s
    lifetime = services.policy.initial_token_lifetime_s if registering else own
    claims = AccessClaims(
        client_id=client.client_id,
        grant_key=grant.key,
        account_id=grant.account_id,
        scope=scope,
        generations=generations_of(client, account_generation),
        grant_generation=grant.generation,
        access_generation=grant.access_generation,
        expires_at=now + lifetime,
    )
    purpose = AccessClaims.INITIAL_PURPOSE if registering else AccessClaims.PURPOSE
    return services.sealer.seal(purpose, claims.encode(), now=now), lifetime


def mint_client_token(services: Services, client: Client, scope: tuple[str, ...], *, now: int) -> tuple[str, int]:
    """The sealed token of a client alone, and its life in seconds."""
    lifetime = client_lifetimes(services, client).access_token_s
    claims = ClientTokenClaims(
        id=services.entropy.uuid7(),
        client_id=client.client_id,
        scope=scope,
        generations=generations_of(client, 0),
        expires_at=now + lifetime,
    )
    services.events.emit("client_token.issued", client_id=client.client_id, token_id=claims.id)
    return services.sealer.seal(ClientTokenClaims.PURPOSE, claims.encode(), now=now), lifetime


def client_lifetimes(services: Services, client: Client) -> Lifetimes:
    return lifetimes_of(client.metadata, client.settings, services.policy)


def mint_id_token(
    services: Services, client: Client, account: Account, grant: Grant, *, nonce: str, access_token: str, now: int
) -> str:
    """OpenID Connect Core section 2, signed with the algorithm that the client registered."""
    policy, authentication = services.policy, grant.authentication
    claims: dict[str, object] = {
        "iss": policy.issuer,
        "sub": subject_for(services, client, account),
        "aud": client.client_id,
        "exp": now + client_lifetimes(services, client).id_token_s,
        "iat": now,
        "auth_time": authentication.auth_time,
        "acr": authentication.acr,
        "amr": list(authentication.amr),
        "at_hash": at_hash(access_token),
    }
    if grant.session_id:
        claims["sid"] = sid_of(grant.session_id)
    if nonce:
        claims["nonce"] = nonce
    return services.signer.sign(client.metadata.id_token_signed_response_alg, claims)


def token_response(
    services: Services,
    client: Client,
    account: Account,
    grant: Grant,
    *,
    scope: tuple[str, ...],
    nonce: str | None,
    now: int,
) -> TokenResponse:
    """The whole answer for a grant in its present state; `nonce` None leaves the ID token out."""
    access_token, lifetime = mint_access_token(
        services, client, grant, account_generation=account.generation, scope=scope, now=now
    )
    refresh_token = None
    # what registers devices never gets one
    if client_lifetimes(services, client).refresh_tokens and DCR not in grant.scope:
        refresh_token = services.refresh_tokens.mint(grant.key, counter=grant.refresh_counter, salt=grant.salt)
    id_token = None
    if nonce is not None and "openid" in scope:
        id_token = mint_id_token(services, client, account, grant, nonce=nonce, access_token=access_token, now=now)
    return TokenResponse(
        access_token=access_token,
        token_type="Bearer",
        expires_in=lifetime,
        scope=scope,
        refresh_token=refresh_token,
        id_token=id_token,
    )


def mint_credentials(services: Services, *, with_secret: bool) -> ClientCredentials:
    """256 random bits each (43 url-safe characters)."""
    secret, secret_hash = mint_credential(services, CLIENT_SECRET) if with_secret else ("", "")
    token, token_hash = mint_credential(services, REGISTRATION_TOKEN)
    return ClientCredentials(
        client_secret=secret,
        secret_hash=secret_hash,
        registration_access_token=token,
        registration_token_hash=token_hash,
    )


def mint_credential(services: Services, purpose: str) -> tuple[str, str]:
    """One in clear and as it is stored. `purpose`: CLIENT_SECRET or REGISTRATION_TOKEN."""
    text = base64.urlsafe_b64encode(services.entropy.bytes(32)).rstrip(b"=").decode()
    return text, services.hasher.hash(purpose, text)
