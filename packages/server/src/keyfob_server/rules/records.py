"""The facts that a decision is made on, as the loading statement brought them. Times are epoch seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId, GrantId, SessionId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.templates import Template, TemplateLink
from keyfob_server.rules.token_limits import NO_LIMITS, TokenLimits

ACTIVE = "active"
INACTIVE = "inactive"
REVOKED = "revoked"
RETIRED = "retired"
"""Of a static client that the settings do not name any more; it comes back when they do."""


DELETED = "deleted"
EXPIRED = "expired"
FINAL = (REVOKED, DELETED, EXPIRED)
"""An instance never leaves one of these: its row is a tombstone."""


@cheaply_made
@dataclass(frozen=True, slots=True)
class Account:
    id: AccountId
    user_name: str
    status: str
    generation: int
    created: int
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    email_verified: bool = False
    phone_number: str = ""
    phone_number_verified: bool = False
    roles: tuple[str, ...] = ()


@cheaply_made
@dataclass(frozen=True, slots=True)
class RotatingSecret:
    """A credential as the database has it, and the one that it replaced while that still works."""

    hash: str = field(repr=False)
    expires_at: int
    """0 means never."""
    previous_hash: str = field(default="", repr=False)
    """Empty when there is none."""
    previous_until: int = 0


@cheaply_made
@dataclass(frozen=True, slots=True)
class Client:
    """A static client, or an instance: one install's registration."""

    client_id: ClientId
    kind: Literal["static", "instance"]
    status: str
    generation: int
    metadata: ClientMetadata
    """As it is in force: of a template's instance merged, the template's with what the instance may say itself."""
    secret_hash: str = ""
    secret_expires_at: int = 0
    """0 means never (RFC 7591 section 3.2.1)."""
    previous_secret_hash: str = ""
    previous_secret_until: int = 0
    owner: AccountId | None = None
    """The account that an instance belongs to; None for static clients, and for an instance before its first sign-in
    when its initial token spoke for nobody.
    """
    settings: ClientSettings = field(default_factory=ClientSettings)
    """A static client's own, of a template's instance the template's."""
    template: TemplateLink | None = None
    answer_repeatable_until: int = 0
    """Until when the registration's answer may be given again (`Idempotency-Key`); 0: not, or not any more."""

    @property
    def registration_client(self) -> bool:
        return self.settings.registration_client

    @property
    def any_loopback_port(self) -> bool:
        return self.settings.any_loopback_port

    @property
    def secret(self) -> RotatingSecret:
        return RotatingSecret(
            self.secret_hash, self.secret_expires_at, self.previous_secret_hash, self.previous_secret_until
        )


class GrantKey(NamedTuple):
    client_id: ClientId
    """The holder's id; for an initial token the id reserved for the future instance."""
    id: GrantId


@cheaply_made
@dataclass(frozen=True, slots=True)
class Generations:
    """The generations that a judged request read; what carries them lives while each equals the present one."""

    client: int
    account: int
    """0 for what was issued to a client alone."""
    template: int = 0
    """0 when the client is no template's instance."""


def generations_of(client: Client, account_generation: int) -> Generations:
    """What is made for this client now carries these; 0 for an account when there is none."""
    return Generations(client.generation, account_generation, client.template.generation if client.template else 0)


@cheaply_made
@dataclass(frozen=True, slots=True)
class Authentication:
    """How and when the person signed in."""

    auth_time: int
    acr: str
    amr: tuple[str, ...]


@cheaply_made
@dataclass(frozen=True, slots=True)
class Grant:
    key: GrantKey
    account_id: AccountId
    scope: tuple[str, ...]
    status: str
    generation: int
    access_generation: int
    generations: Generations
    authentication: Authentication
    salt: bytes
    """16 random bytes; binds refresh tokens to this row, and lets a repeated insert know its own row."""
    created: int
    rotated_at: int
    """When the refresh counter last moved; `created` at first."""
    expires: int
    """The absolute end, which no use moves."""
    refresh_counter: int = 0
    session_id: SessionId | None = None


@cheaply_made
@dataclass(frozen=True, slots=True)
class Session:
    """A browser's sign-in; `id` is a hash of the cookie, never the cookie."""

    id: SessionId
    account_id: AccountId
    account_generation: int
    authentication: Authentication
    status: str
    created: int
    seen_at: int
    expires: int


@cheaply_made
@dataclass(frozen=True, slots=True)
class Loaded:
    """What one loading statement brought: whatever of it exists, and the database's time."""

    now: int
    client: Client | None = None
    account: Account | None = None
    grant: Grant | None = None
    session: Session | None = None
    token_revoked: bool = False
    """The token that has an id and no grant was revoked."""
    caller: Client | None = None
    """The static client that asks about another one's token, when one was asked for."""


@cheaply_made
@dataclass(frozen=True, slots=True)
class NewInstance:
    """An instance as registered; `add_instance` makes it `active`, generation 1."""

    client_id: ClientId
    metadata: ClientMetadata
    secret_hash: str
    secret_expires_at: int
    registration_token_hash: str
    registration_token_expires_at: int
    initial_client: ClientId
    owner: AccountId | None
    """None: the first person to sign in through it, who is asked before."""
    owner_name: str
    created: int
    template: ClientId | None = None
    own_members: Mapping[str, object] = field(default_factory=dict)
    """Of a template's instance: the members that it says itself, as ClientMetadata names them; nothing else is kept."""
    idempotency_hash: str = field(default="", repr=False)
    """HMAC of initial token id and `Idempotency-Key`; empty when none was sent."""
    idempotency_until: int = 0
    request_hash: str = ""
    """SHA-256 of the body, hexadecimal."""
    limits: TokenLimits = NO_LIMITS


@dataclass(frozen=True, slots=True)
class Registration:
    """An instance with what its own management needs beside it (RFC 7592)."""

    client: Client
    token: RotatingSecret
    """The registration access token."""
    created: int
    owner_status: str
    """Empty when the owner's account is gone, or there is no owner yet."""
    idempotency_hash: str = field(default="", repr=False)
    request_hash: str = ""
    template: Template | None = None
    own_members: Mapping[str, object] = field(default_factory=dict)
    """Of a template's instance: what it says itself, whether the template lets it now or not."""
    limits: TokenLimits = NO_LIMITS
    """What its initial access token held it to."""


@dataclass(frozen=True, slots=True)
class LoadedRegistration:
    now: int
    registration: Registration | None


@dataclass(frozen=True, slots=True)
class SigningKeyRecord:
    kid: str
    alg: str
    public_jwk: str
    """JSON, public members only."""
    wrapped_private: bytes
    created: int
    signs_from: int
    """When it starts to sign; it is published from `created`."""
    retired_at: int | None = None
    """When somebody withdrew it; that another key took over is not written anywhere."""
    attributes: dict[str, str] = field(default_factory=dict)
