"""The rows behind a registration, and an initial token that an administrator issues. Times are epoch seconds."""

from dataclasses import dataclass, field

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.records import Loaded
from keyfob_server.rules.templates import Template
from keyfob_server.rules.token_limits import NO_LIMITS, TokenLimits


@cheaply_made
@dataclass(frozen=True, slots=True)
class IssuedInitialToken:
    """The row of an initial token that was issued out of band."""

    id: str
    status: str
    """`active` or `revoked`."""
    uses_left: int | None
    """None: any number, until it expires."""
    uses: int
    """How many instances it made."""
    account_id: AccountId | None
    template: ClientId | None
    issued_by: str
    created: int
    expires: int
    limits: TokenLimits = NO_LIMITS
    note: str = ""
    """What it is for, in the words of whoever issued it."""
    user_name: str = ""
    """Of the account, as lists show it; not stored with the token."""


@cheaply_made
@dataclass(frozen=True, slots=True)
class OwnerCounts:
    """An owner's instances of one template, or of none."""

    live: int = 0
    """Those without a final status."""
    new: int = 0
    """Those registered in the last 24 hours, whatever became of them."""
    oldest_new: int = 0
    """When the oldest of the new ones was registered; 0 without one."""


@cheaply_made
@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """What the loading statement of a registration brought."""

    loaded: Loaded
    """The initial client, the owner, the grant of a code flow's token, and whether the token was revoked."""
    issued: IssuedInitialToken | None = None
    template: Template | None = None
    """The one that `software_id` names, active or not, whoever may use it."""
    taken: bool = False
    """The reserved client id has a row: the token was used."""
    plain: OwnerCounts = field(default_factory=OwnerCounts)
    """The owner's instances of no template."""
    templated: OwnerCounts = field(default_factory=OwnerCounts)
    """The owner's instances of `template`."""
