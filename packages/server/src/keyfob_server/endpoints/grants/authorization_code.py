"""RFC 6749 section 4.1.3: one insert; its conflict is the replay."""

from dataclasses import dataclass
from typing import assert_never

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InvalidGrant
from keyfob_protocol.identifiers import AccountId
from keyfob_protocol.token_request import AuthorizationCodeRequest
from keyfob_protocol.token_response import TokenResponse
from keyfob_server.endpoints.client_auth import AuthenticatedClient
from keyfob_server.endpoints.grant_limit import keep_few_grants
from keyfob_server.endpoints.issue import client_lifetimes, token_response
from keyfob_server.endpoints.registration_settings import with_present_registration
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.acts import Act
from keyfob_server.rules.authorize import DCR
from keyfob_server.rules.code import Mismatch, Redeem, Replayed, judge
from keyfob_server.rules.lifetimes import grant_lifetime_s
from keyfob_server.rules.records import ACTIVE, REVOKED, Grant, GrantKey, Loaded
from keyfob_server.rules.sealed_claims import CodeClaims

NAME = "authorization_code"
REFUSAL = "the authorization code is not valid"


@cheaply_made
@dataclass(frozen=True, slots=True)
class CodeRedemption:
    services: Services
    request: AuthorizationCodeRequest
    code: CodeClaims | None

    @property
    def name(self) -> str:
        return NAME

    @property
    def account_id(self) -> AccountId | None:
        return self.code.account_id if self.code else None

    @property
    def grant_key(self) -> GrantKey | None:
        return self.code.grant_key if self.code else None

    @property
    def dead_client_is_invalid_grant(self) -> bool:
        return False

    async def redeem(self, client: AuthenticatedClient, loaded: Loaded) -> TokenResponse:
        """Raises InvalidGrant; a valid second request also revokes what the first one yielded."""
        if self.code is None:
            raise InvalidGrant(REFUSAL, reason="not a code of ours")
        verdict = judge(
            self.code,
            loaded,
            client_id=client.client.client_id,
            redirect_uri=self.request.redirect_uri,
            code_verifier=self.request.code_verifier,
        )
        match verdict:
            case Redeem():
                return await self._redeem(client, loaded, self.code)
            case Replayed():
                raise await self._replayed(self.code)
            case Mismatch(reason):
                raise InvalidGrant(REFUSAL, reason=reason)
            case _:
                assert_never(verdict)

    async def _redeem(self, client: AuthenticatedClient, loaded: Loaded, code: CodeClaims) -> TokenResponse:
        account = loaded.account
        if account is None:
            raise InvalidGrant(REFUSAL, reason="unknown account")
        services = self.services
        lifetimes = client_lifetimes(services, client.client)
        grant = Grant(
            key=code.grant_key,
            account_id=account.id,
            scope=code.scope,
            status=ACTIVE,
            generation=1,
            access_generation=1,
            generations=code.generations,
            authentication=code.authentication,
            salt=services.entropy.bytes(16),
            created=loaded.now,
            rotated_at=loaded.now,
            expires=loaded.now + grant_lifetime_s(code.scope, lifetimes, services.policy),
            session_id=code.session_id,
        )
        if not await services.store.add_grant(grant):
            raise await self._replayed(code)
        services.events.emit("grant.issued", client_id=code.grant_client_id, grant_id=code.id)
        keep_few_grants(services, client.client, grant)
        if DCR in code.scope:
            # how long an initial token lives is an administrator's to say
            services = await with_present_registration(services)
        return token_response(
            services, client.client, account, grant, scope=code.scope, nonce=code.nonce, now=loaded.now
        )

    async def _replayed(self, code: CodeClaims) -> InvalidGrant:
        revoked = await self.services.store.revoke_grant(
            code.grant_key, reason="code replayed", act=Act(reason="code replayed")
        )
        if DCR in code.scope:
            # Whoever came first may have registered with what the code yielded.
            await self.services.store.set_instance_status(
                code.grant_client_id, REVOKED, act=Act(reason="code replayed")
            )
        self.services.events.emit("code.replayed", client_id=code.client_id, grant_id=code.id, grant_revoked=revoked)
        return InvalidGrant(REFUSAL, reason="replayed")


def prepare(services: Services, request: AuthorizationCodeRequest) -> CodeRedemption:
    payload = services.sealer.open(CodeClaims.PURPOSE, request.code)
    return CodeRedemption(services, request, CodeClaims.decode(payload) if payload is not None else None)
