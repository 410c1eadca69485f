"""A public client: it names itself and proves nothing."""

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters
from keyfob_server.endpoints.client_auth.presented import PresentedCredentials

NAME = "none"


def present(parameters: Parameters, authorization: str | None) -> PresentedCredentials | None:
    client_id = parameters.get("client_id")
    if client_id is None or authorization is not None or parameters.get("client_secret") is not None:
        return None
    return PresentedCredentials(NAME, ClientId(client_id))
