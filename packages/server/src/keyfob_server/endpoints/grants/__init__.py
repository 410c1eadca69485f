"""One file per grant type, and the table of them."""

from typing import assert_never

from keyfob_protocol.token_request import (
    AuthorizationCodeRequest,
    ClientCredentialsRequest,
    RefreshTokenRequest,
    TokenRequest,
)
from keyfob_server.endpoints.extensions import PreparedGrant
from keyfob_server.endpoints.grants import authorization_code, client_credentials, refresh_token
from keyfob_server.endpoints.services import Services

GRANT_TYPES = (authorization_code.NAME, refresh_token.NAME, client_credentials.NAME)


def prepare(services: Services, request: TokenRequest) -> PreparedGrant:
    """Open what the request presents; whether it is good is judged after the rows were read."""
    match request:
        case AuthorizationCodeRequest():
            return authorization_code.prepare(services, request)
        case RefreshTokenRequest():
            return refresh_token.prepare(services, request)
        case ClientCredentialsRequest():
            return client_credentials.prepare(services, request)
        case _:
            assert_never(request)
