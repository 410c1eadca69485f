"""Registering this install with an initial token (RFC 7591 section 3), and managing the registration (RFC 7592).

What an update answers must be stored before it is used: its registration access token replaces the one before.
"""

import base64
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NoReturn

from keyfob_client.auth_state import UnansweredRegistration
from keyfob_client.client_credentials import SUPPORTED_METHODS, ClientCredentials
from keyfob_client.discovery import ACCEPT_JSON
from keyfob_client.errors import AuthorizationExpired, InvalidConfiguration, RegistrationLost, ServerAnswerRefused
from keyfob_client.json_answer import answered_document
from keyfob_client.messages import Headers, HttpRequest, HttpResponse
from keyfob_client.verification_keys import SUPPORTED_ALGORITHMS
from keyfob_protocol.client_information import ClientInformation, parse_client_information
from keyfob_protocol.client_metadata import registration_document
from keyfob_protocol.json_document import dump_json
from keyfob_protocol.response_members import MalformedResponse
from keyfob_protocol.server_metadata import ServerMetadata


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """What an app says about this install. Loopback URIs are given without a port: any port then matches."""

    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    scope: tuple[str, ...]
    instance_name: str = ""
    """As the owner will read it in a list of devices."""
    software_id: str = ""
    """A template of the server's, which then says everything else: only the name of this install goes with it."""

    def document(self) -> dict[str, object]:
        if self.software_id:
            return registration_document(software_id=self.software_id, instance_name=self.instance_name)
        return registration_document(
            redirect_uris=self.redirect_uris,
            post_logout_redirect_uris=self.post_logout_redirect_uris,
            application_type="native",
            grant_types=("authorization_code",),
            scope=self.scope,
            instance_name=self.instance_name,
        )


def idempotency_key(random_bytes: bytes) -> str:
    """43 characters. A value of its own of bytes that have other uses too: it tells nothing of them."""
    digest = sha256(b"idempotency key" + random_bytes).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def registration_request(
    metadata: ServerMetadata, asked: RegistrationRequest, *, initial_token: str, key: str = ""
) -> HttpRequest:
    """With `key` the same request may be sent again when its answer was lost, and makes one registration all the same.

    Raises InvalidConfiguration when the server does not register clients.
    """
    return _request(metadata, dump_json(asked.document()), initial_token=initial_token, key=key)


def unanswered_registration(asked: RegistrationRequest, *, initial_token: str, key: str) -> UnansweredRegistration:
    """What has to be kept to send the same request again, also when the program was started anew."""
    return UnansweredRegistration(initial_token, key, dump_json(asked.document()).decode())


def repeated_request(metadata: ServerMetadata, unanswered: UnansweredRegistration) -> HttpRequest:
    """The request itself, also the first time. Raises as `registration_request`."""
    return _request(metadata, unanswered.body.encode(), initial_token=unanswered.initial_token, key=unanswered.key)


def _request(metadata: ServerMetadata, body: bytes, *, initial_token: str, key: str) -> HttpRequest:
    if not metadata.registration_endpoint:
        raise InvalidConfiguration("The server does not register clients.", stage="registration")
    headers: Headers = (
        ("Content-Type", "application/json"),
        ACCEPT_JSON,
        ("Authorization", f"Bearer {initial_token}"),
        *((("Idempotency-Key", key),) if key else ()),
    )
    return HttpRequest("POST", metadata.registration_endpoint, headers, body)


def parse_registration_response(response: HttpResponse) -> ClientInformation:
    """Raises ServerAnswerRefused, ServerUnavailable, or what `refusal` makes of the server's error."""
    return _usable(_parsed(answered_document(response, status=201, stage="registration")))


def read_request(registration: ClientInformation) -> HttpRequest:
    """Like the two below, raises InvalidConfiguration when the server gave no address to manage it at."""
    return HttpRequest("GET", registration.registration_client_uri, _management_headers(registration))


def update_request(registration: ClientInformation, asked: RegistrationRequest) -> HttpRequest:
    """Replaces everything that the app once said of itself; what `asked` leaves empty goes."""
    kept = {
        "client_id": registration.client_id,
        "token_endpoint_auth_method": registration.metadata.token_endpoint_auth_method,
    }
    headers = (*_management_headers(registration), ("Content-Type", "application/json"))
    return HttpRequest("PUT", registration.registration_client_uri, headers, dump_json(asked.document() | kept))


def deletion_request(registration: ClientInformation) -> HttpRequest:
    return HttpRequest("DELETE", registration.registration_client_uri, _management_headers(registration))


def parse_management_response(response: HttpResponse, registration: ClientInformation) -> ClientInformation:
    """The answer to a reading or an update: what is registered now. The secret is known here alone, and stays.

    Raises as `parse_registration_response`.
    """
    answer = _parsed(answered_document(response, status=200, stage="registration", instance=True))
    if answer.client_id != registration.client_id:
        raise ServerAnswerRefused("The answer is another client's registration.", stage="registration")
    if not answer.client_secret:
        answer = replace(
            answer,
            client_secret=registration.client_secret,
            client_secret_expires_at=registration.client_secret_expires_at,
        )
    return _usable(answer)


def parse_deletion_response(response: HttpResponse) -> None:
    """Raises RegistrationLost when the server does not take the registration's token any more, else as above."""
    if response.status != 204:  # noqa: PLR2004 - the status itself
        _raise_refused_deletion(response)


def _raise_refused_deletion(response: HttpResponse) -> NoReturn:
    try:
        answered_document(response, status=204, stage="registration", instance=True)
    except AuthorizationExpired as error:
        explanation = "The server does not take this registration's token any more."
        raise RegistrationLost(explanation, stage="registration") from error
    raise AssertionError("an answer of another status is refused")


def _management_headers(registration: ClientInformation) -> Headers:
    if not registration.registration_client_uri:
        raise InvalidConfiguration("The server does not let an app manage its registration.", stage="registration")
    return (ACCEPT_JSON, ("Authorization", f"Bearer {registration.registration_access_token}"))


def _parsed(document: dict[str, object]) -> ClientInformation:
    try:
        return parse_client_information(document)
    except MalformedResponse as error:
        raise ServerAnswerRefused(f"The registration cannot be read: {error}.", stage="registration") from error


def _usable(registration: ClientInformation) -> ClientInformation:
    instance_credentials(registration)
    if registration.metadata.id_token_signed_response_alg not in SUPPORTED_ALGORITHMS:
        raise ServerAnswerRefused("The server signs ID tokens by a method not known here.", stage="registration")
    return registration


def instance_credentials(registration: ClientInformation) -> ClientCredentials:
    """Raises ServerAnswerRefused for a registration that this library cannot act for."""
    registered = registration.metadata.token_endpoint_auth_method
    method = next((known for known in SUPPORTED_METHODS if known == registered), None)
    if method is None or (method != "none" and not registration.client_secret):
        raise ServerAnswerRefused("The server registered credentials that cannot be used.", stage="registration")
    return ClientCredentials(registration.client_id, registration.client_secret, method, instance=True)
