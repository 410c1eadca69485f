"""An app's own registration: read, replace, delete, rotate the secret (RFC 7592)."""

from dataclasses import dataclass, field

from keyfob_protocol.client_information import ClientInformation
from keyfob_protocol.errors import InvalidClientMetadata, InvalidRequest, InvalidToken, TemporarilyUnavailable
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters
from keyfob_server.endpoints.bearer import bearer_token
from keyfob_server.endpoints.caller import note_caller
from keyfob_server.endpoints.failed_credentials import failure, refuse_flood
from keyfob_server.endpoints.issue import CLIENT_SECRET, REGISTRATION_TOKEN, mint_credential
from keyfob_server.endpoints.kill import change_status
from keyfob_server.endpoints.registration_answer import ShownSecret, ShownToken, registration_answer
from keyfob_server.endpoints.registration_request import read_document
from keyfob_server.endpoints.rotating_secrets import Match, match_secret
from keyfob_server.endpoints.sector import check_named_sector
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.template_metadata import replacement
from keyfob_server.rules.acts import Act
from keyfob_server.rules.authorize import ENDED_TEXT, SUSPENDED_TEXT
from keyfob_server.rules.liveness import client_status
from keyfob_server.rules.records import ACTIVE, DELETED, Registration
from keyfob_server.rules.registration_management import check_replacement, check_update, narrows
from keyfob_server.rules.remote_address import RemoteAddress
from keyfob_server.rules.rotation import renewed_expiry, rotated

REFUSAL = "the registration access token is not valid"
_ATTEMPTS = 2
"""A change that lost a race is judged again on what the winner left, once."""


@dataclass(frozen=True, slots=True)
class ManagedRegistration:
    """The proof that the request came with this registration's own token; made by `authorize_management` alone."""

    registration: Registration
    token: str = field(repr=False)
    match: Match
    now: int
    remote: RemoteAddress

    @property
    def client_id(self) -> ClientId:
        return self.registration.client.client_id

    @property
    def token_ends(self) -> int:
        """Epoch seconds, of the token that was presented."""
        held = self.registration.token
        return held.expires_at if self.match == "current" else held.previous_until


async def authorize_management(
    services: Services, client_id: ClientId, authorization: str | None, remote: RemoteAddress
) -> ManagedRegistration:
    """Raises MissingToken, InvalidToken: alike in text and time for an unknown client and another one's token; and
    TooManyRequests instead when there were too many such failures.
    """
    refuse_flood(services, remote)
    token = bearer_token(authorization)
    loaded = await services.registrations.load_registration(client_id)
    found, now = loaded.registration, loaded.now
    match = match_secret(services.hasher, REGISTRATION_TOKEN, token, found.token if found else None, now)
    if found is None or match is None:
        error = InvalidToken(REFUSAL, reason="unknown client" if found is None else "wrong registration token")
        raise failure(services, services.policy.limits.failures_of_token, client_id, remote, error)
    note_caller(found.client)
    if match == "current" and found.token.expires_at <= now:
        raise InvalidToken(REFUSAL, reason="expired")
    if found.client.answer_repeatable_until > now:
        # it arrived: the registration's answer is not given again
        await services.initial_tokens.close_answer(client_id)
    return ManagedRegistration(found, token, match, now, remote)


async def read(services: Services, managed: ManagedRegistration) -> ClientInformation:
    """Raises InvalidToken for a registration that is not active. Nothing is rotated, and no secret is shown."""
    _check_active(managed)
    ends = await _note_use(services, managed)
    return _answer(services, managed, ShownToken(managed.token, ends - managed.now))


async def update(services: Services, managed: ManagedRegistration, body: bytes | None) -> ClientInformation:
    """Replace the metadata and rotate the registration access token; a refusal changes nothing.

    Raises InvalidToken, InvalidClientMetadata, InvalidRedirectUri. Codes and tokens die when the registration gets
    narrower.
    """
    _check_active(managed)
    document = read_document(body)
    token, token_hash = mint_credential(services, REGISTRATION_TOKEN)
    for _ in range(_ATTEMPTS):
        _check_active(managed)
        seen, now = managed.registration, managed.now
        check_update(document, client_id=managed.client_id)
        _check_secret(services, seen, document.get("client_secret"))
        new = replacement(services, seen, document)
        await check_named_sector(services.fetcher, new.metadata)
        check_replacement(seen.client.metadata, new.metadata)
        lifetime = services.policy.registration.registration_token_lifetime_s
        held = rotated(
            seen.token, token_hash, now=now, expires_at=now + lifetime, current_was_used=managed.match == "current"
        )
        ends_grants = narrows(seen.client.metadata, new.metadata)
        if await services.registrations.replace_registration(seen, new.kept, held, ends_grants=ends_grants):
            if managed.match == "previous":
                services.events.emit("registration_token.unused_replaced", client_id=managed.client_id)
            services.events.emit("instance.updated", client_id=managed.client_id, grants_ended=ends_grants)
            return registration_answer(
                services,
                managed.client_id,
                new.metadata,
                issued_at=seen.created,
                token=ShownToken(token, lifetime),
                settings=new.settings,
            )
        managed = await authorize_management(services, managed.client_id, f"Bearer {managed.token}", managed.remote)
    raise TemporarilyUnavailable("please try again", reason="lost the race for a registration twice")


async def rotate_secret(services: Services, managed: ManagedRegistration, parameters: Parameters) -> ClientInformation:
    """A new secret; with `revoke_old=true` the present one dies at once. Raises InvalidToken, InvalidRequest."""
    overlap = not _revoke_old(parameters)
    secret, secret_hash = mint_credential(services, CLIENT_SECRET)
    for _ in range(_ATTEMPTS):
        _check_active(managed)
        client, now = managed.registration.client, managed.now
        if not client.secret_hash:
            raise InvalidRequest("this client has no secret")
        lifetime = services.policy.registration.secret_lifetime_s
        expires_at = now + lifetime if lifetime else 0
        held = rotated(
            client.secret, secret_hash, now=now, expires_at=expires_at, current_was_used=False, overlap=overlap
        )
        ends = await _note_use(services, managed)
        if await services.registrations.rotate_secret(client, held):
            services.events.emit("client_secret.rotated", client_id=managed.client_id, overlap=overlap)
            return _answer(services, managed, ShownToken(managed.token, ends - now), ShownSecret(secret, expires_at))
        managed = await authorize_management(services, managed.client_id, f"Bearer {managed.token}", managed.remote)
    raise TemporarilyUnavailable("please try again", reason="lost the race for a secret twice")


async def delete(services: Services, managed: ManagedRegistration) -> None:
    """Everything that the registration yielded dies with it. One that is gone already, or for good, stays as it is."""
    deleted = await change_status(
        services.store,
        managed.client_id,
        DELETED,
        Act("registration access token", "deleted by the app"),
        metadata=managed.registration.client.metadata,
    )
    if deleted:
        services.events.emit("instance.deleted", client_id=managed.client_id)


def _check_active(managed: ManagedRegistration) -> None:
    """Raises InvalidToken. Whoever holds the right token is told why."""
    if status := client_status(managed.registration.client):
        raise InvalidToken(SUSPENDED_TEXT if status == "inactive" else ENDED_TEXT, client_status=status)
    if managed.registration.client.owner is not None and managed.registration.owner_status != ACTIVE:
        raise InvalidToken(REFUSAL, reason="owner not active")


async def _note_use(services: Services, managed: ManagedRegistration) -> int:
    """When the presented token ends. The first use of a rotated one ends the life of the one before it."""
    held, lifetime = managed.registration.token, services.policy.registration.registration_token_lifetime_s
    if managed.match == "previous":
        return managed.token_ends
    renewed = renewed_expiry(held.expires_at, lifetime_s=lifetime, now=managed.now)
    ends = held.expires_at if renewed is None else renewed
    if renewed is not None or held.previous_hash:
        await services.registrations.use_registration_token(managed.client_id, token_hash=held.hash, expires_at=ends)
    return ends


def _check_secret(services: Services, seen: Registration, presented: object) -> None:
    """RFC 7592 section 2.2: a secret that is sent must be the present one."""
    if presented is None:
        return
    text = presented if isinstance(presented, str) else ""
    if not services.hasher.verify(CLIENT_SECRET, text, seen.client.secret_hash):
        raise InvalidClientMetadata("client_secret must be the present one, or be left out")


def _revoke_old(parameters: Parameters) -> bool:
    if parameters.repeated(allowed=()):
        raise InvalidRequest("a parameter occurs more than once")
    value = parameters.get("revoke_old")
    if value not in {None, "true", "false"}:
        raise InvalidRequest("revoke_old must be true or false")
    return value == "true"


def _answer(
    services: Services, managed: ManagedRegistration, token: ShownToken, secret: ShownSecret | None = None
) -> ClientInformation:
    registration = managed.registration
    return registration_answer(
        services,
        managed.client_id,
        registration.client.metadata,
        issued_at=registration.created,
        token=token,
        secret=secret,
        settings=registration.client.settings,
    )
