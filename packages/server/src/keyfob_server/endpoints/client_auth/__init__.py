"""Client authentication (RFC 6749 section 2.3): one file per method, and the table of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InvalidClient, InvalidRequest, ProtocolError
from keyfob_protocol.parameters import Parameters
from keyfob_server.endpoints.caller import note_caller
from keyfob_server.endpoints.client_auth import client_secret_basic, client_secret_post, none
from keyfob_server.endpoints.client_auth.presented import PresentedCredentials
from keyfob_server.endpoints.failed_credentials import failure
from keyfob_server.endpoints.issue import CLIENT_SECRET
from keyfob_server.endpoints.rotating_secrets import match_secret
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.records import Client, Loaded
from keyfob_server.rules.remote_address import RemoteAddress

CLIENT_AUTH_METHODS: Mapping[str, Callable[[Parameters, str | None], PresentedCredentials | None]] = {
    client_secret_basic.NAME: client_secret_basic.present,
    client_secret_post.NAME: client_secret_post.present,
    none.NAME: none.present,
}

_SECRET_METHODS = frozenset({client_secret_basic.NAME, client_secret_post.NAME})
PROVING_METHODS = tuple(name for name in CLIENT_AUTH_METHODS if name != none.NAME)
"""Those by which a client proves who it is, and does not only say so."""
_MAX_CREDENTIAL = 512


@cheaply_made
@dataclass(frozen=True, slots=True)
class AuthenticatedClient:
    """The proof that the request came from this client; made by `authenticate` alone."""

    client: Client


def presented_credentials(parameters: Parameters, authorization: str | None) -> PresentedCredentials:
    """Raises InvalidRequest for more than one method, InvalidClient for none."""
    if authorization is not None and parameters.get("client_secret") is not None:
        raise InvalidRequest("more than one client authentication method")
    if parameters.get("client_assertion") is not None or parameters.get("client_assertion_type") is not None:
        if authorization is not None or parameters.get("client_secret") is not None:
            raise InvalidRequest("more than one client authentication method")
        raise InvalidClient("client assertions are not supported here")
    found = [seen for present in CLIENT_AUTH_METHODS.values() if (seen := present(parameters, authorization))]
    if not found:
        raise InvalidClient("client authentication is missing")
    credentials = found[0]
    if parameters.get("client_id") not in {None, credentials.client_id}:
        raise InvalidRequest("client_id differs from that of the credentials")
    if len(credentials.client_id) > _MAX_CREDENTIAL or len(credentials.secret) > _MAX_CREDENTIAL:
        raise InvalidClient("client authentication failed", reason="over-long credentials")
    return credentials


async def authenticate(
    services: Services, credentials: PresentedCredentials, loaded: Loaded, remote: RemoteAddress
) -> AuthenticatedClient:
    """Raises InvalidClient, alike in text and time for an unknown client and a wrong secret, and TooManyRequests
    instead when there were too many such failures.

    The first use of a rotated secret ends the life of the one before it; the first use of any, the time in which the
    registration's answer is given again.
    """
    client = loaded.client
    stored = client.secret if client else None
    matched = match_secret(services.hasher, CLIENT_SECRET, credentials.secret, stored, loaded.now)
    if client is None:
        raise _failed(services, credentials, remote, "unknown client")
    registered = client.metadata.token_endpoint_auth_method
    if not _may_use(services, registered, credentials.method):
        raise _failed(services, credentials, remote, "not the registered method")
    if credentials.method in _SECRET_METHODS and matched is None:
        raise _failed(services, credentials, remote, "wrong secret")
    note_caller(client)
    if credentials.method in _SECRET_METHODS:
        if matched == "current" and client.secret_expires_at and client.secret_expires_at <= loaded.now:
            raise InvalidClient("the client secret has expired")
        if matched == "current" and client.previous_secret_hash:
            await services.store.retire_previous_secret(client.client_id, secret_hash=client.secret_hash)
        if client.answer_repeatable_until > loaded.now:
            await services.initial_tokens.close_answer(client.client_id)
    return AuthenticatedClient(client)


def _failed(services: Services, credentials: PresentedCredentials, remote: RemoteAddress, reason: str) -> ProtocolError:
    error = InvalidClient("client authentication failed", reason=reason)
    return failure(services, services.policy.limits.failures_of_client, credentials.client_id, remote, error)


def _may_use(services: Services, registered: str, used: str) -> bool:
    both_secret = {registered, used} <= _SECRET_METHODS
    return registered == used or (both_secret and services.policy.secret_methods_interchangeable)


def accepted_methods(services: Services, registered: str) -> tuple[str, ...]:
    """What a client registered for one method may use, its own first."""
    return (
        registered,
        *(name for name in CLIENT_AUTH_METHODS if name != registered and _may_use(services, registered, name)),
    )
