"""The initial access token of a registration: opened, its rows read in one statement, judged (RFC 6750 section 3.1)."""

from dataclasses import dataclass
from typing import assert_never

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InsufficientScope, InvalidToken, ProtocolError
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.bearer import bearer_token
from keyfob_server.endpoints.caller import note_caller
from keyfob_server.endpoints.failed_credentials import failure, refuse_flood, refuse_spent
from keyfob_server.endpoints.registration_repeat import derived_id
from keyfob_server.endpoints.registration_request import RegistrationRequest
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.authorize import DCR
from keyfob_server.rules.initial_claims import InitialTokenClaims
from keyfob_server.rules.initial_token_records import RegistrationFacts
from keyfob_server.rules.initial_tokens import (
    Dead,
    InitialToken,
    Live,
    Spent,
    grant_key_of,
    is_accepted,
    judge,
    reserved_id_of,
    token_id_of,
)
from keyfob_server.rules.remote_address import RemoteAddress
from keyfob_server.rules.sealed_claims import AccessClaims

REFUSAL = "the initial access token is not valid"
_ANY = "initial token"
"""What failures are counted by when nobody can tell which token was meant."""
_REFUSED_KINDS = {
    "user": "dcr tokens of people do not register here, only those of clients",
    "client": "dcr tokens of clients do not register here, only those of people who signed in",
}


@cheaply_made
@dataclass(frozen=True, slots=True)
class AuthorizedRegistration:
    """The proof that a registration may go ahead, for whom, and under which client id."""

    token: InitialToken
    facts: RegistrationFacts
    client_id: ClientId
    spent: bool
    """The token is too old or used up: an answer that was lost may be given again, and nothing else."""
    remote: RemoteAddress


async def authorize_registration(
    services: Services, authorization: str | None, asked: RegistrationRequest | ProtocolError, remote: RemoteAddress
) -> AuthorizedRegistration:
    """Raises MissingToken, InvalidToken, InsufficientScope, TooManyRequests: whatever is wrong with the body, a bad
    token is told first.
    """
    refuse_flood(services, remote)
    limit = services.policy.limits.failures_of_token
    claims = _open(services, bearer_token(authorization))
    if claims is None:
        raise failure(services, limit, _ANY, remote, InvalidToken(REFUSAL, reason="not a token of ours"))
    token_id = token_id_of(claims)
    refuse_spent(services, limit, token_id, remote)
    request = asked if isinstance(asked, RegistrationRequest) else None
    client_id = _client_id(services, claims, request)
    facts = await services.initial_tokens.load_for_registration(
        client_id=claims.client_id or None,
        account_id=claims.account_id,
        grant=grant_key_of(claims),
        token_id=token_id,
        template_id=request.software_id if request else None,
        reserved=client_id,
    )
    note_caller(facts.loaded.client)
    verdict = judge(claims, facts)
    match verdict:
        case Dead(reason):
            raise failure(services, limit, token_id, remote, InvalidToken(REFUSAL, reason=reason))
        case Live(token):
            if not _registers(claims):
                raise InsufficientScope("scope dcr is required")
            spent = "used before" if facts.taken else ""
        case Spent(token, spent):
            pass
        case _:
            assert_never(verdict)
    if not is_accepted(token.kind, services.policy.registration.authenticate):
        raise InsufficientScope(_REFUSED_KINDS[token.kind], reason="registration.authenticate")
    if spent and (request is None or not request.key or not _registers(claims)):
        if facts.taken:
            services.events.emit("initial_token.reused", client_id=client_id)
        raise failure(services, limit, token_id, remote, InvalidToken(REFUSAL, reason=spent))
    return AuthorizedRegistration(token, facts, client_id, bool(spent), remote)


def _open(services: Services, token: str) -> AccessClaims | InitialTokenClaims | None:
    for purpose in (AccessClaims.INITIAL_PURPOSE, AccessClaims.PURPOSE):
        payload = services.sealer.open(purpose, token)
        if payload is not None:
            return AccessClaims.decode(payload)
    payload = services.sealer.open(InitialTokenClaims.PURPOSE, token)
    return None if payload is None else InitialTokenClaims.decode(payload)


def _registers(claims: AccessClaims | InitialTokenClaims) -> bool:
    return isinstance(claims, InitialTokenClaims) or DCR in claims.scope


def _client_id(
    services: Services, claims: AccessClaims | InitialTokenClaims, asked: RegistrationRequest | None
) -> ClientId:
    """The id that the token reserves; of one that makes many a new one, or with a key the one that a repeat finds."""
    if reserved := reserved_id_of(claims):
        return reserved
    if asked is not None and asked.key:
        return derived_id(services, token_id_of(claims), asked.key)
    return ClientId(services.entropy.uuid7())
