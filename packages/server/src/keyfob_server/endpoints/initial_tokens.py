"""Initial tokens that no code flow led to: minted for a client by client credentials, issued by an administrator."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.endpoints.administration import MAX_REASON, NoSuchAccount, Unfit
from keyfob_server.endpoints.registration_policies import REGISTRATION_POLICIES, unknown_policy
from keyfob_server.ports.initial_tokens import InitialTokenStore
from keyfob_server.ports.sealing import Sealer
from keyfob_server.ports.sessions import SessionStore
from keyfob_server.ports.templates import TemplateStore
from keyfob_server.ports.world import Entropy
from keyfob_server.rules.accounts import is_plain_text
from keyfob_server.rules.acts import Act
from keyfob_server.rules.initial_claims import InitialTokenClaims
from keyfob_server.rules.initial_token_records import IssuedInitialToken
from keyfob_server.rules.new_initial_token import NewInitialToken, new_token_fault
from keyfob_server.rules.records import ACTIVE, Account, Client, Generations, generations_of
from keyfob_server.rules.token_limits import TokenLimits

if TYPE_CHECKING:
    # the command line comes here for the values alone, and would load all that the server works with
    from keyfob_server.endpoints.services import Services


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """What issuing works with."""

    tokens: InitialTokenStore
    templates: TemplateStore
    sessions: SessionStore
    sealer: Sealer
    entropy: Entropy


@dataclass(frozen=True, slots=True)
class TokenIssued:
    token: str = field(repr=False)
    """Shown once: what is stored is not enough to make it again."""
    record: IssuedInitialToken


@dataclass(frozen=True, slots=True)
class NoSuchTemplate:
    """None of that name is active."""

    template: str


@dataclass(frozen=True, slots=True)
class NoSuchToken:
    """None of that id is there, or it was revoked before."""

    token_id: str


@dataclass(frozen=True, slots=True)
class TokenRevoked:
    record: IssuedInitialToken
    """As it is now."""


def mint_initial_token(
    services: "Services", client: Client, *, now: int, account: Account | None = None, template: ClientId | None = None
) -> tuple[str, int]:
    """The sealed token and its life in seconds: single use, by the client id that it reserves. No row is written.

    The settings of `client` say `initial_tokens`. Without `account` the instance belongs to whoever signs in through it
    first.
    """
    lifetime = services.policy.initial_token_lifetime_s
    claims = InitialTokenClaims(
        id=services.entropy.uuid7(),
        client_id=client.client_id,
        reserved=ClientId(services.entropy.uuid7()),
        account_id=account.id if account else None,
        template=template,
        generations=generations_of(client, account.generation if account else 0),
        expires_at=now + lifetime,
    )
    services.events.emit("initial_token.issued", client_id=client.client_id, token_id=claims.id)
    return services.sealer.seal(InitialTokenClaims.PURPOSE, claims.encode(), now=now), lifetime


async def issue_initial_token(
    issuer: TokenIssuer, new: NewInitialToken, act: Act, *, now: int
) -> TokenIssued | NoSuchAccount | NoSuchTemplate | Unfit:
    """`now` is the database's time. Raises StorageUnavailable."""
    if sentence := new_token_fault(new) or _reason_fault(act):
        return Unfit(sentence)
    if unknown := unknown_policy(new.policies):
        return Unfit(f"there is no registration policy {unknown!a}, but {', '.join(REGISTRATION_POLICIES)}")
    owner: Account | None = None
    if new.user_name:
        owner = (await issuer.sessions.find_sign_in(new.user_name)).account
        if owner is None or owner.status != ACTIVE:
            return NoSuchAccount()
    if new.template:
        template = await issuer.templates.find_template(ClientId(new.template))
        if template is None or template.status != ACTIVE:
            return NoSuchTemplate(new.template)
    record = _record(issuer, new, owner, by=act.by, now=now)
    if not await issuer.tokens.add_initial_token(record, act=act):
        raise AssertionError("a fresh id was taken")
    claims = InitialTokenClaims(
        id=record.id,
        client_id=ClientId(""),
        reserved=ClientId(""),
        account_id=record.account_id,
        template=record.template,
        generations=Generations(0, owner.generation if owner else 0),
        expires_at=record.expires,
    )
    return TokenIssued(issuer.sealer.seal(InitialTokenClaims.PURPOSE, claims.encode(), now=now), record)


async def list_initial_tokens(
    store: InitialTokenStore, *, after: str = "", limit: int = 100
) -> list[IssuedInitialToken]:
    """The oldest first, dead ones included, the page after the id `after`. Raises StorageUnavailable."""
    return await store.list_initial_tokens(after=after, limit=limit)


async def show_initial_token(store: InitialTokenStore, token_id: str) -> IssuedInitialToken | NoSuchToken:
    """Raises StorageUnavailable."""
    return await store.find_initial_token(token_id) or NoSuchToken(token_id)


async def revoke_initial_token(store: InitialTokenStore, token_id: str, act: Act) -> TokenRevoked | NoSuchToken | Unfit:
    """What was registered with it stays. Raises StorageUnavailable."""
    if sentence := _reason_fault(act):
        return Unfit(sentence)
    revoked = await store.revoke_initial_token(token_id, act=act)
    record = await store.find_initial_token(token_id)
    return TokenRevoked(record) if revoked and record else NoSuchToken(token_id)


def _record(
    issuer: TokenIssuer, new: NewInitialToken, owner: Account | None, *, by: str, now: int
) -> IssuedInitialToken:
    account_id: AccountId | None = owner.id if owner else None
    return IssuedInitialToken(
        id=issuer.entropy.uuid7(),
        status=ACTIVE,
        uses_left=new.uses,
        uses=0,
        account_id=account_id,
        template=ClientId(new.template) if new.template else None,
        issued_by=by,
        created=now,
        expires=now + new.lifetime_s,
        limits=TokenLimits(new.redirect_uris, new.policies),
        note=new.note,
        user_name=owner.user_name if owner else "",
    )


def _reason_fault(act: Act) -> str | None:
    if len(act.reason) > MAX_REASON or not is_plain_text(act.reason):
        return f"a reason has at most {MAX_REASON} characters, and no control characters"
    return None
