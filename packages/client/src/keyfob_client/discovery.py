"""What the server offers, and its keys (OpenID Connect Discovery section 4, RFC 7517)."""

from keyfob_client.errors import ServerAnswerRefused
from keyfob_client.json_answer import answered_document
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.verification_keys import VerificationKey, parse_key_set
from keyfob_protocol.identifiers import Issuer
from keyfob_protocol.response_members import MalformedResponse
from keyfob_protocol.server_metadata import ServerMetadata, parse_server_metadata

ACCEPT_JSON = ("Accept", "application/json")


def discovery_request(issuer: Issuer) -> HttpRequest:
    return HttpRequest("GET", f"{issuer.removesuffix('/')}/.well-known/openid-configuration", (ACCEPT_JSON,))


def parse_discovery_response(response: HttpResponse, *, issuer: Issuer) -> ServerMetadata:
    """Raises ServerAnswerRefused for another issuer or an endpoint without https, ServerUnavailable."""
    document = answered_document(response, status=200, stage="metadata")
    try:
        return parse_server_metadata(document, issuer=issuer)
    except MalformedResponse as error:
        raise ServerAnswerRefused(f"The server's metadata is refused: {error}.", stage="metadata") from error


def jwks_request(metadata: ServerMetadata) -> HttpRequest:
    return HttpRequest("GET", metadata.jwks_uri, (ACCEPT_JSON,))


def parse_jwks_response(response: HttpResponse) -> tuple[VerificationKey, ...]:
    """Raises ServerAnswerRefused, ServerUnavailable, InvalidIdToken."""
    return parse_key_set(answered_document(response, status=200, stage="id_token"))
