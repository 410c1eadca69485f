"""Registration (RFC 7591) with an initial access token: one insert; its conflict is the second use."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.client_information import ClientInformation, ClientMetadata
from keyfob_protocol.client_metadata import RequestedMetadata, parse_client_metadata
from keyfob_protocol.errors import InvalidToken, ProtocolError
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.alarms import refuse_when_full
from keyfob_server.endpoints.failed_credentials import failure
from keyfob_server.endpoints.issue import ClientCredentials, mint_credentials
from keyfob_server.endpoints.registration_answer import ShownSecret, ShownToken, registration_answer
from keyfob_server.endpoints.registration_owner import add_instance, check_owner, refuse_if_rivals_came_first
from keyfob_server.endpoints.registration_policies import within_limits
from keyfob_server.endpoints.registration_policies.consent import CONSENT
from keyfob_server.endpoints.registration_rate import PLAIN, count_registration, refuse_rush, uncount_registration
from keyfob_server.endpoints.registration_repeat import derived_credentials, repeated_answer, stored_key
from keyfob_server.endpoints.registration_request import RegistrationRequest, read_request
from keyfob_server.endpoints.registration_token import REFUSAL, AuthorizedRegistration, authorize_registration
from keyfob_server.endpoints.sector import check_named_sector
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.idempotency import WINDOW_S
from keyfob_server.rules.initial_tokens import InitialToken
from keyfob_server.rules.records import REVOKED, NewInstance
from keyfob_server.rules.registration import register as judge_registration
from keyfob_server.rules.registration_template import check_kind, permitted_template
from keyfob_server.rules.remote_address import RemoteAddress
from keyfob_server.rules.template_registration import instance_of
from keyfob_server.rules.templates import Template
from keyfob_server.rules.token_limits import NO_LIMITS, TokenLimits


@cheaply_made
@dataclass(frozen=True, slots=True)
class _Judged:
    """What the instance will be."""

    metadata: ClientMetadata
    settings: ClientSettings = field(default_factory=ClientSettings)
    template: ClientId | None = None
    own_members: Mapping[str, object] = field(default_factory=dict)
    limits: TokenLimits = NO_LIMITS


async def register(
    services: Services,
    authorization: str | None,
    body: bytes | None,
    idempotency_key: str | None,
    remote: RemoteAddress,
) -> ClientInformation:
    """`body` is None for another media type than JSON.

    Raises what `authorize_registration` raises, then InvalidRequest, InvalidClientMetadata, InvalidRedirectUri,
    TooManyRequests, StorageUnavailable, IdempotencyKeyReused; a refusal stores nothing.
    """
    asked = read_request(body, idempotency_key)
    authorized = await authorize_registration(services, authorization, asked, remote)
    if isinstance(asked, ProtocolError):
        raise asked
    if authorized.spent:
        return await _again(services, authorized, asked)
    template = permitted_template(authorized.token, authorized.facts.template)
    check_kind(services.policy.registration, template)
    bucket = template.id if template else PLAIN
    now = authorized.facts.loaded.now
    refuse_rush(services, bucket, now=now)
    await refuse_when_full(services)
    judged = _judge(services, asked, template, _limits(authorized.token, template))
    await check_named_sector(services.fetcher, judged.metadata)
    check_owner(services, authorized, template)
    credentials = _credentials(services, authorized, asked, judged.metadata)
    instance = _instance(services, authorized, asked, judged, credentials)
    count_registration(services, bucket, now=now)
    if not await add_instance(services, authorized, instance):
        uncount_registration(services, bucket)
        await refuse_if_rivals_came_first(services, authorized, template)
        if asked.key:
            return await _again(services, authorized, asked)
        services.events.emit("initial_token.reused", client_id=instance.client_id)
        raise _spent(services, authorized, InvalidToken(REFUSAL, reason="used before"))
    await _refuse_if_replayed(services, authorized)
    services.events.emit(
        "instance.registered",
        client_id=instance.client_id,
        # behind a colon the log would take the token's id for the token
        initial_client=instance.initial_client.replace(":", "/"),
        template=instance.template,
    )
    return registration_answer(
        services,
        instance.client_id,
        instance.metadata,
        issued_at=instance.created,
        token=ShownToken(
            credentials.registration_access_token, instance.registration_token_expires_at - instance.created
        ),
        secret=ShownSecret(credentials.client_secret, instance.secret_expires_at),
        settings=judged.settings,
    )


async def _refuse_if_replayed(services: Services, authorized: AuthorizedRegistration) -> None:
    """Raises InvalidToken when the code that led to the token was redeemed again since the token was judged: whoever
    revoked its grant then may not have found the instance yet. From here on it is found.
    """
    judged = authorized.facts.loaded.grant
    if judged is None:
        return
    grant = (await services.store.load(grant=judged.key)).grant
    if grant is None or (grant.status, grant.generation) == (judged.status, judged.generation):
        return
    await services.store.set_instance_status(authorized.client_id, REVOKED, act=Act(reason="initial token revoked"))
    raise _spent(services, authorized, InvalidToken(REFUSAL, reason="revoked while it was used"))


async def _again(
    services: Services, authorized: AuthorizedRegistration, asked: RegistrationRequest
) -> ClientInformation:
    try:
        return await repeated_answer(services, asked, authorized.token, authorized.client_id, refusal=REFUSAL)
    except InvalidToken as error:
        services.events.emit("initial_token.reused", client_id=authorized.client_id)
        raise _spent(services, authorized, error) from None


def _spent(services: Services, authorized: AuthorizedRegistration, error: ProtocolError) -> ProtocolError:
    return failure(services, services.policy.limits.failures_of_token, authorized.token.id, authorized.remote, error)


def _limits(token: InitialToken, template: Template | None) -> TokenLimits:
    """What a token bound to an account registers is shown to that person before it gets anything.

    An app that an administrator wrote a template for is known; any other could be anybody's, and single sign-on would
    let it in without a click.
    """
    if template is not None or not token.unasked or CONSENT.name in token.limits.policies:
        return token.limits
    return replace(token.limits, policies=(*token.limits.policies, CONSENT.name))


def _judge(services: Services, asked: RegistrationRequest, template: Template | None, limits: TokenLimits) -> _Judged:
    """Raises InvalidClientMetadata, InvalidRedirectUri."""
    if template is None:
        metadata = within_limits(registered_metadata(services, asked.document), limits, templated=False)
        return _Judged(metadata, limits=limits)
    policy = services.policy
    made = instance_of(
        template,
        requested_metadata(services, asked.document),
        policy.registration,
        acr=policy.acr,
        refresh_tokens=policy.refresh_tokens,
        id_token_algs=services.signer.algorithms(),
    )
    within_limits(made.metadata, limits, templated=True)
    return _Judged(made.metadata, made.settings, template.id, made.own_members, limits)


def _credentials(
    services: Services, authorized: AuthorizedRegistration, asked: RegistrationRequest, metadata: ClientMetadata
) -> ClientCredentials:
    with_secret = metadata.token_endpoint_auth_method != "none"
    if not asked.key:
        return mint_credentials(services, with_secret=with_secret)
    return derived_credentials(services, authorized.token.id, authorized.client_id, asked.key, with_secret=with_secret)


def _instance(
    services: Services,
    authorized: AuthorizedRegistration,
    asked: RegistrationRequest,
    judged: _Judged,
    credentials: ClientCredentials,
) -> NewInstance:
    policy, now, token = services.policy.registration, authorized.facts.loaded.now, authorized.token
    return NewInstance(
        client_id=authorized.client_id,
        metadata=judged.metadata,
        secret_hash=credentials.secret_hash,
        secret_expires_at=now + policy.secret_lifetime_s if policy.secret_lifetime_s else 0,
        registration_token_hash=credentials.registration_token_hash,
        registration_token_expires_at=now + policy.registration_token_lifetime_s,
        initial_client=token.initial_client,
        owner=token.owner.id if token.owner else None,
        owner_name=token.owner.user_name if token.owner else "",
        created=now,
        template=judged.template,
        own_members=judged.own_members,
        idempotency_hash=stored_key(services, token.id, asked.key) if asked.key else "",
        idempotency_until=now + WINDOW_S if asked.key else 0,
        request_hash=asked.body_hash if asked.key else "",
        limits=judged.limits,
    )


def registered_metadata(services: Services, document: Mapping[str, object]) -> ClientMetadata:
    """What becomes of the members that were sent; raises InvalidClientMetadata, InvalidRedirectUri."""
    policy = services.policy
    return judge_registration(
        requested_metadata(services, document),
        policy.registration,
        acr=policy.acr,
        refresh_tokens=policy.refresh_tokens,
        id_token_algs=services.signer.algorithms(),
    )


def requested_metadata(services: Services, document: Mapping[str, object]) -> RequestedMetadata:
    """Raises InvalidClientMetadata, InvalidRedirectUri."""
    policy = services.policy.registration
    return parse_client_metadata(
        document,
        max_redirect_uris=policy.max_redirect_uris,
        max_uri_length=policy.max_uri_length,
        max_text_length=policy.max_text_length,
    )
