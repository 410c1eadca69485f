"""Registering this install with an initial token (RFC 7591 section 3)."""

from dataclasses import dataclass

from keyfob_client.client_credentials import SUPPORTED_METHODS, ClientCredentials
from keyfob_client.discovery import ACCEPT_JSON
from keyfob_client.errors import InvalidConfiguration, ServerAnswerRefused
from keyfob_client.json_answer import answered_document
from keyfob_client.messages import HttpRequest, HttpResponse
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

    def document(self) -> dict[str, object]:
        return registration_document(
            redirect_uris=self.redirect_uris,
            post_logout_redirect_uris=self.post_logout_redirect_uris,
            application_type="native",
            grant_types=("authorization_code",),
            scope=self.scope,
            instance_name=self.instance_name,
        )


def registration_request(metadata: ServerMetadata, asked: RegistrationRequest, *, initial_token: str) -> HttpRequest:
    """Raises InvalidConfiguration when the server does not register clients."""
    if not metadata.registration_endpoint:
        raise InvalidConfiguration("The server does not register clients.", stage="registration")
    headers = (("Content-Type", "application/json"), ACCEPT_JSON, ("Authorization", f"Bearer {initial_token}"))
    return HttpRequest("POST", metadata.registration_endpoint, headers, dump_json(asked.document()))


def parse_registration_response(response: HttpResponse) -> ClientInformation:
    """Raises ServerAnswerRefused, ServerUnavailable, or what `refusal` makes of the server's error."""
    document = answered_document(response, status=201, stage="registration")
    try:
        registration = parse_client_information(document)
    except MalformedResponse as error:
        raise ServerAnswerRefused(f"The registration cannot be read: {error}.", stage="registration") from error
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
