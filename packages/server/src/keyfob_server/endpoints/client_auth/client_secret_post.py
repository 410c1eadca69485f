"""RFC 6749 section 2.3.1: id and secret in the body."""

from keyfob_protocol.errors import InvalidRequest
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters
from keyfob_server.endpoints.client_auth.presented import PresentedCredentials

NAME = "client_secret_post"


def present(parameters: Parameters, _authorization: str | None) -> PresentedCredentials | None:
    secret = parameters.get("client_secret")
    if secret is None:
        return None
    client_id = parameters.get("client_id")
    if client_id is None:
        raise InvalidRequest("client_id is missing beside client_secret")
    return PresentedCredentials(NAME, ClientId(client_id), secret)
