"""Registration (RFC 7591) with an initial access token: one insert; its conflict is the second use."""

from collections.abc import Mapping
from dataclasses import dataclass

from keyfob_protocol.client_information import ClientInformation, ClientMetadata
from keyfob_protocol.client_metadata import parse_client_metadata
from keyfob_protocol.errors import InsufficientScope, InvalidClientMetadata, InvalidToken
from keyfob_protocol.json_document import JsonDocumentError, parse_json_object
from keyfob_server.endpoints.bearer import bearer_token
from keyfob_server.endpoints.caller import note_caller
from keyfob_server.endpoints.failed_credentials import failure, refuse_flood, refuse_spent
from keyfob_server.endpoints.issue import mint_credentials
from keyfob_server.endpoints.registration_answer import ShownSecret, ShownToken, registration_answer
from keyfob_server.endpoints.registration_rate import PLAIN, count_registration, refuse_rush, uncount_registration
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.authorize import DCR
from keyfob_server.rules.liveness import death_of_access
from keyfob_server.rules.records import Account, Loaded, NewInstance
from keyfob_server.rules.registration import register as judge_registration
from keyfob_server.rules.remote_address import RemoteAddress
from keyfob_server.rules.sealed_claims import AccessClaims

REFUSAL = "the initial access token is not valid"
_ANY = "initial token"
"""What failures are counted by when nobody can tell which token was meant."""


@dataclass(frozen=True, slots=True)
class LiveInitialToken:
    """The proof that a registration may go ahead, and for whom."""

    claims: AccessClaims
    owner: Account
    loaded: Loaded
    remote: RemoteAddress


async def authorize_registration(
    services: Services, authorization: str | None, remote: RemoteAddress
) -> LiveInitialToken:
    """Raises MissingToken, InvalidToken, InsufficientScope (RFC 6750 section 3.1), TooManyRequests."""
    refuse_flood(services, remote)
    limit = services.policy.limits.failures_of_token
    token = bearer_token(authorization)
    payload = services.sealer.open(AccessClaims.INITIAL_PURPOSE, token)
    initial = payload is not None
    if payload is None:
        payload = services.sealer.open(AccessClaims.PURPOSE, token)
    if payload is None:
        raise failure(services, limit, _ANY, remote, InvalidToken(REFUSAL, reason="not a token of ours"))
    claims = AccessClaims.decode(payload)
    refuse_spent(services, limit, claims.grant_key.id, remote)
    loaded = await services.store.load(client_id=claims.client_id, account_id=claims.account_id, grant=claims.grant_key)
    note_caller(loaded.client)
    death = death_of_access(claims, loaded)
    if death or loaded.account is None:
        dead = InvalidToken(REFUSAL, reason=death or "unknown account")
        raise failure(services, limit, claims.grant_key.id, remote, dead)
    if not initial or DCR not in claims.scope:
        raise InsufficientScope("scope dcr is required")
    return LiveInitialToken(claims, loaded.account, loaded, remote)


async def register(services: Services, token: LiveInitialToken, body: bytes) -> ClientInformation:
    """Raises InvalidClientMetadata, InvalidRedirectUri, InvalidToken, TooManyRequests; a refusal stores nothing."""
    refuse_rush(services, PLAIN)
    policy, now = services.policy, token.loaded.now
    try:
        document = parse_json_object(body)
    except JsonDocumentError as error:
        raise InvalidClientMetadata(str(error)) from None
    metadata = registered_metadata(services, document)
    credentials = mint_credentials(services, with_secret=metadata.token_endpoint_auth_method != "none")
    client_id = token.claims.grant_key.client_id
    lifetime = policy.registration.secret_lifetime_s
    instance = NewInstance(
        client_id=client_id,
        metadata=metadata,
        secret_hash=credentials.secret_hash,
        secret_expires_at=now + lifetime if lifetime else 0,
        registration_token_hash=credentials.registration_token_hash,
        registration_token_expires_at=now + policy.registration.registration_token_lifetime_s,
        initial_client=token.claims.client_id,
        owner=token.owner.id,
        owner_name=token.owner.user_name,
        created=now,
    )
    count_registration(services, PLAIN)
    if not await services.store.add_instance(instance):
        uncount_registration(services, PLAIN)
        services.events.emit("initial_token.reused", client_id=client_id)
        limit, spent = policy.limits.failures_of_token, InvalidToken(REFUSAL, reason="used before")
        raise failure(services, limit, token.claims.grant_key.id, token.remote, spent)
    services.events.emit("instance.registered", client_id=client_id, initial_client=token.claims.client_id)
    return registration_answer(
        services,
        client_id,
        metadata,
        issued_at=now,
        token=ShownToken(credentials.registration_access_token, policy.registration.registration_token_lifetime_s),
        secret=ShownSecret(credentials.client_secret, instance.secret_expires_at),
    )


def registered_metadata(services: Services, document: Mapping[str, object]) -> ClientMetadata:
    """What becomes of the members that were sent; raises InvalidClientMetadata, InvalidRedirectUri."""
    policy = services.policy
    requested = parse_client_metadata(
        document,
        max_redirect_uris=policy.registration.max_redirect_uris,
        max_uri_length=policy.registration.max_uri_length,
        max_text_length=policy.registration.max_text_length,
    )
    return judge_registration(
        requested,
        policy.registration,
        acr=policy.acr,
        refresh_tokens=policy.refresh_tokens,
        id_token_algs=services.signer.algorithms(),
    )
