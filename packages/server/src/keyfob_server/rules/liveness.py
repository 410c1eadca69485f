"""The one liveness check: what every endpoint asks of the rows that its loading statement brought."""

from dataclasses import dataclass
from typing import Final, Literal

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import ClientStatus
from keyfob_server.rules.client_token_claims import ClientTokenClaims
from keyfob_server.rules.records import ACTIVE, Account, Client, Generations, Grant, Loaded, Session
from keyfob_server.rules.sealed_claims import AccessClaims
from keyfob_server.rules.software_versions import is_too_old

Death = Literal[
    "unknown client",
    "client not active",
    "client changed",
    "template not active",
    "template changed",
    "app too old",
    "token revoked",
    "unknown account",
    "account not active",
    "account changed",
    "unknown grant",
    "grant not active",
    "grant changed",
    "access revoked",
    "expired",
]

_TOLD: dict[str, ClientStatus] = {"revoked": "revoked", "deleted": "deleted", "expired": "expired"}


def client_status(client: Client) -> ClientStatus | None:
    """What an app is told of its client: None while it is active; any text that is no status counts as inactive.

    An instance whose template is off is suspended with it.
    """
    if client.status != ACTIVE:
        return _TOLD.get(client.status, "inactive")
    return "inactive" if client.template is not None and client.template.status != ACTIVE else None


def death_of_client(client: Client | None, generations: Generations) -> Death | None:
    if client is None:
        return "unknown client"
    if client.status != ACTIVE:
        return "client not active"
    if client.generation != generations.client:
        return "client changed"
    link = client.template
    if link is not None and link.status != ACTIVE:
        return "template not active"
    if (link.generation if link else 0) != generations.template:
        return "template changed"
    return "app too old" if is_too_old(client) else None


def death_of_account(account: Account | None, generation: int) -> Death | None:
    if account is None:
        return "unknown account"
    if account.status != ACTIVE:
        return "account not active"
    return None if account.generation == generation else "account changed"


def death_of_parties(loaded: Loaded, generations: Generations) -> Death | None:
    """Client and account, by the generations that a code, a token or a grant carries."""
    return death_of_client(loaded.client, generations) or death_of_account(loaded.account, generations.account)


def death_of_grant(grant: Grant | None, loaded: Loaded) -> Death | None:
    """A grant row and the parties that it was made under."""
    if grant is None:
        return "unknown grant"
    if grant.status != ACTIVE:
        return "grant not active"
    return death_of_parties(loaded, grant.generations)


def death_of_access(claims: AccessClaims, loaded: Loaded) -> Death | None:
    """An access token or initial token, whose grant is `loaded.grant`."""
    grant = loaded.grant
    if claims.expires_at <= loaded.now:
        return "expired"
    if grant is None:
        return "unknown grant"
    if grant.status != ACTIVE:
        return "grant not active"
    if grant.generation != claims.grant_generation:
        return "grant changed"
    if grant.access_generation != claims.access_generation:
        return "access revoked"
    return death_of_parties(loaded, claims.generations)


def death_of_client_token(claims: ClientTokenClaims, loaded: Loaded) -> Death | None:
    """An access token of a client alone; `loaded.token_revoked` is about its id."""
    if claims.expires_at <= loaded.now:
        return "expired"
    if loaded.token_revoked:
        return "token revoked"
    return death_of_client(loaded.client, claims.generations)


@cheaply_made
@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that was found live: the person and how they signed in."""

    session: Session
    account: Account


_TOUCH_S: Final = 300
_TOUCHES: Final = 10


def is_use_to_be_noted(live: LiveSession, *, idle_s: int, now: int) -> bool:
    """Coarsely, or each request would be a write; often enough that a session in use is never taken for an idle one."""
    return now - live.session.seen_at >= min(_TOUCH_S, idle_s // _TOUCHES)


def live_session(loaded: Loaded, *, idle_s: int) -> LiveSession | None:
    session, account = loaded.session, loaded.account
    if session is None or account is None or session.account_id != account.id:
        return None
    if session.status != ACTIVE or session.expires <= loaded.now or session.seen_at + idle_s <= loaded.now:
        return None
    if death_of_account(account, session.account_generation):
        return None
    return LiveSession(session, account)
