"""Whether an initial token registers anything, and within which limits (wire.md section 2)."""

from dataclasses import dataclass, replace
from typing import Literal

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.initial_claims import InitialTokenClaims
from keyfob_server.rules.initial_token_records import IssuedInitialToken, RegistrationFacts
from keyfob_server.rules.liveness import death_of_access, death_of_account, death_of_client
from keyfob_server.rules.records import ACTIVE, Account, GrantKey
from keyfob_server.rules.sealed_claims import AccessClaims
from keyfob_server.rules.token_limits import NO_LIMITS, TokenLimits

Kind = Literal["user", "client", "issued"]


@cheaply_made
@dataclass(frozen=True, slots=True)
class InitialToken:
    """What a good initial token allows. Made by `judge` alone."""

    id: str
    kind: Kind
    reserved: ClientId | None
    """The id of the instance that it makes; None when it makes many."""
    initial_client: ClientId
    owner: Account | None
    """None: whoever signs in through the instance first."""
    template: ClientId | None
    """It makes instances of this one, and nothing else."""
    templates: tuple[str, ...]
    """Those that may be chosen; empty: any."""
    limits: TokenLimits = NO_LIMITS

    @property
    def unasked(self) -> bool:
        """Somebody else made it for the owner, who knows nothing of the app that it registers."""
        return self.kind == "issued" and self.owner is not None

    @property
    def counted(self) -> bool:
        """Its uses are counted in a row of its own."""
        return self.kind == "issued"


@cheaply_made
@dataclass(frozen=True, slots=True)
class Live:
    token: InitialToken


@cheaply_made
@dataclass(frozen=True, slots=True)
class Spent:
    """Good once: too late, or used up. An answer that was lost may still be given again."""

    token: InitialToken
    reason: str


@cheaply_made
@dataclass(frozen=True, slots=True)
class Dead:
    """The reason is for the log."""

    reason: str


Verdict = Live | Spent | Dead


def judge(claims: AccessClaims | InitialTokenClaims, facts: RegistrationFacts) -> Verdict:
    """`facts` are those that belong to the claims."""
    if isinstance(claims, AccessClaims):
        return _judge_user(claims, facts)
    return _judge_issued(claims, facts) if claims.issued else _judge_client(claims, facts)


def _judge_user(claims: AccessClaims, facts: RegistrationFacts) -> Verdict:
    """By code flow: a person gave the password to the registration client."""
    loaded = facts.loaded
    # whatever else may have killed it comes first: of those deaths nothing is repeated
    death = death_of_access(replace(claims, expires_at=loaded.now + 1), loaded)
    if death or loaded.account is None or loaded.client is None:
        return Dead(death or "unknown account")
    token = InitialToken(
        id=claims.grant_key.id,
        kind="user",
        reserved=claims.grant_key.client_id,
        initial_client=claims.client_id,
        owner=loaded.account,
        template=None,
        templates=loaded.client.settings.templates,
    )
    return _by_time(token, claims.expires_at, loaded.now)


def _judge_client(claims: InitialTokenClaims, facts: RegistrationFacts) -> Verdict:
    """By client credentials."""
    loaded = facts.loaded
    client = loaded.client
    if loaded.token_revoked:
        return Dead("token revoked")
    if death := death_of_client(client, claims.generations):
        return Dead(death)
    if client is None or not client.settings.initial_tokens:
        return Dead("the client may not have initial tokens any more")
    if claims.account_id and (death := death_of_account(loaded.account, claims.generations.account)):
        return Dead(death)
    token = InitialToken(
        id=claims.id,
        kind="client",
        reserved=claims.reserved,
        initial_client=claims.client_id,
        owner=loaded.account if claims.account_id else None,
        template=claims.template,
        templates=client.settings.templates,
    )
    return _by_time(token, claims.expires_at, loaded.now)


def _judge_issued(claims: InitialTokenClaims, facts: RegistrationFacts) -> Verdict:
    """By an administrator: what the row says now is in force, not what was sealed."""
    loaded, row = facts.loaded, facts.issued
    if row is None:
        return Dead("unknown token")
    if row.status != ACTIVE:
        return Dead("token revoked")
    if row.account_id != claims.account_id:
        return Dead("account changed")
    if row.account_id and (death := death_of_account(loaded.account, claims.generations.account)):
        return Dead(death)
    token = InitialToken(
        id=row.id,
        kind="issued",
        reserved=None,
        initial_client=initial_client_of(row),
        owner=loaded.account if row.account_id else None,
        template=row.template,
        templates=(),
        limits=row.limits,
    )
    return Spent(token, "no uses left") if row.uses_left == 0 else _by_time(token, row.expires, loaded.now)


def _by_time(token: InitialToken, expires_at: int, now: int) -> Verdict:
    return Live(token) if now < expires_at else Spent(token, "expired")


def initial_client_of(row: IssuedInitialToken) -> ClientId:
    """What an instance keeps as its `initial_client` when no client asked for its token."""
    return ClientId(f"initial-token:{row.id}")


def grant_key_of(claims: AccessClaims | InitialTokenClaims) -> GrantKey | None:
    return claims.grant_key if isinstance(claims, AccessClaims) else None


def token_id_of(claims: AccessClaims | InitialTokenClaims) -> str:
    """Of a code flow's token the grant's id: one token comes of one grant."""
    return claims.grant_key.id if isinstance(claims, AccessClaims) else claims.id


def reserved_id_of(claims: AccessClaims | InitialTokenClaims) -> ClientId:
    """The id of the instance that it makes; empty for one that makes many."""
    return claims.grant_key.client_id if isinstance(claims, AccessClaims) else claims.reserved


def is_accepted(kind: Kind, authenticate: str) -> bool:
    """Whether tokens of this kind register here; `authenticate` is the setting. Administrators' always do."""
    return kind == "issued" or authenticate in {kind, "both"}
