"""RFC 6749 section 4.4: an access token for a client alone, or an initial token; no row is written for either."""

from dataclasses import dataclass
from typing import assert_never

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.identifiers import AccountId
from keyfob_protocol.token_request import ClientCredentialsRequest
from keyfob_protocol.token_response import TokenResponse
from keyfob_server.endpoints.client_auth import AuthenticatedClient
from keyfob_server.endpoints.initial_tokens import mint_initial_token
from keyfob_server.endpoints.issue import mint_client_token
from keyfob_server.endpoints.registration_settings import with_present_registration
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.authorize import DCR
from keyfob_server.rules.client_credentials import GiveAccess, GiveInitialToken, judge_client_credentials
from keyfob_server.rules.records import GrantKey, Loaded

NAME = "client_credentials"


@cheaply_made
@dataclass(frozen=True, slots=True)
class ClientCredentials:
    services: Services
    request: ClientCredentialsRequest

    @property
    def name(self) -> str:
        return NAME

    @property
    def account_id(self) -> AccountId | None:
        return None

    @property
    def grant_key(self) -> GrantKey | None:
        return None

    @property
    def dead_client_is_invalid_grant(self) -> bool:
        return False

    async def redeem(self, client: AuthenticatedClient, loaded: Loaded) -> TokenResponse:
        """Raises UnauthorizedClient, InvalidScope."""
        verdict = judge_client_credentials(client.client, self.request.scope)
        match verdict:
            case GiveInitialToken():
                scope: tuple[str, ...] = (DCR,)
                present = await with_present_registration(self.services)
                token, lifetime = mint_initial_token(present, client.client, now=loaded.now)
            case GiveAccess(scope):
                token, lifetime = mint_client_token(self.services, client.client, scope, now=loaded.now)
            case _:
                assert_never(verdict)
        return TokenResponse(access_token=token, token_type="Bearer", expires_in=lifetime, scope=scope)


def prepare(services: Services, request: ClientCredentialsRequest) -> ClientCredentials:
    return ClientCredentials(services, request)
