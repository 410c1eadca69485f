"""The answer of a registration, given again: nothing readable is stored, so its secrets are derived anew."""

import base64
import hmac
from typing import Final

from keyfob_protocol.client_information import ClientInformation
from keyfob_protocol.errors import IdempotencyKeyReused, InvalidToken
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.issue import CLIENT_SECRET, REGISTRATION_TOKEN, ClientCredentials
from keyfob_server.endpoints.registration_answer import ShownSecret, ShownToken, registration_answer
from keyfob_server.endpoints.registration_request import RegistrationRequest
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.idempotency import derived_client_id, repeat_refusal
from keyfob_server.rules.initial_tokens import InitialToken
from keyfob_server.rules.records import Registration

IDEMPOTENCY: Final = "idempotency"
_CLIENT_ID: Final = "client_id"


def stored_key(services: Services, token_id: str, key: str) -> str:
    """As the row holds it; a token's id is as long as every other one, so the two never run into each other."""
    return services.hasher.hash(IDEMPOTENCY, f"{token_id}|{key}")


def derived_id(services: Services, token_id: str, key: str) -> ClientId:
    """The client id of one use of a token that has many: the same for the same key."""
    return derived_client_id(services.hasher.derive(_CLIENT_ID, token_id, key))


def derived_credentials(
    services: Services, token_id: str, client_id: ClientId, key: str, *, with_secret: bool, like: str = ""
) -> ClientCredentials:
    """The same for the same token, id and key. `like`: the stored form of the key, for its root key."""

    def derived(purpose: str) -> str:
        made = services.hasher.derive(purpose, token_id, client_id, key, like=like)
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    secret = derived(CLIENT_SECRET) if with_secret else ""
    token = derived(REGISTRATION_TOKEN)
    return ClientCredentials(
        client_secret=secret,
        secret_hash=services.hasher.hash(CLIENT_SECRET, secret) if with_secret else "",
        registration_access_token=token,
        registration_token_hash=services.hasher.hash(REGISTRATION_TOKEN, token),
    )


async def repeated_answer(
    services: Services, asked: RegistrationRequest, token: InitialToken, client_id: ClientId, *, refusal: str
) -> ClientInformation:
    """Raises InvalidToken with the text `refusal`, and IdempotencyKeyReused for another body under the same key."""
    loaded = await services.registrations.load_registration(client_id)
    found, now = loaded.registration, loaded.now
    if found is None:
        raise InvalidToken(refusal, reason="used up, and never with this key")
    if not services.hasher.verify(IDEMPOTENCY, f"{token.id}|{asked.key}", found.idempotency_hash):
        raise InvalidToken(refusal, reason="used before, with another key or none")
    if reason := repeat_refusal(found, now):
        raise InvalidToken(refusal, reason=f"not repeated: {reason}")
    if not hmac.compare_digest(asked.body_hash, found.request_hash):
        raise IdempotencyKeyReused("this Idempotency-Key belongs to a registration with another body")
    return _answer(services, asked, token, found, refusal=refusal)


def _answer(
    services: Services, asked: RegistrationRequest, token: InitialToken, found: Registration, *, refusal: str
) -> ClientInformation:
    client = found.client
    with_secret = client.metadata.token_endpoint_auth_method != "none"
    made = derived_credentials(
        services, token.id, client.client_id, asked.key, with_secret=with_secret, like=found.idempotency_hash
    )
    unchanged = services.hasher.verify(REGISTRATION_TOKEN, made.registration_access_token, found.token.hash) and (
        not with_secret or services.hasher.verify(CLIENT_SECRET, made.client_secret, client.secret_hash)
    )
    if not unchanged:
        raise InvalidToken(refusal, reason="not repeated: the credentials were rotated")
    services.events.emit("instance.registration_repeated", client_id=client.client_id)
    return registration_answer(
        services,
        client.client_id,
        client.metadata,
        issued_at=found.created,
        token=ShownToken(made.registration_access_token, found.token.expires_at - found.created),
        secret=ShownSecret(made.client_secret, client.secret_expires_at),
        settings=client.settings,
    )
