"""What administrators look for among instances, and what they find."""

from dataclasses import dataclass
from typing import Final, Literal

from keyfob_protocol.identifiers import AccountId, ClientId, GrantId
from keyfob_server.rules.records import Generations
from keyfob_server.rules.summaries import InstanceSummary

SearchBy = Literal["user", "client_id", "name", "template"]
SEARCH_BY: Final[tuple[SearchBy, ...]] = ("user", "client_id", "name", "template")
MAX_SEARCH_TEXT: Final = 200


@dataclass(frozen=True, slots=True)
class InstanceQuery:
    by: SearchBy = "user"
    """`user` and `client_id` by how they begin, `template` exactly, `name` by any part of app's or instance's names."""
    text: str = ""
    """Every character stands for itself; empty: all instances."""
    status: str = ""
    """Empty: whatever it is."""


@dataclass(frozen=True, slots=True)
class InstancePage:
    """Newest first."""

    instances: tuple[InstanceSummary, ...]
    before: str = ""
    """Where the next page begins; empty at the end."""
    looked_through: int = 0
    """The rows that were looked at when that many were the most at once, and the page is not full; else 0."""


@dataclass(frozen=True, slots=True)
class GrantSummary:
    """One sign-in through an instance. Times are epoch seconds."""

    id: GrantId
    account_id: AccountId
    scope: tuple[str, ...]
    status: str
    status_reason: str
    generations: Generations
    refresh_counter: int
    created: int
    rotated_at: int
    expires: int


def matches_name(instance: InstanceSummary, text: str) -> bool:
    """Whatever the case of the letters, in any script."""
    wanted = text.casefold()
    return wanted in instance.client_name.casefold() or wanted in instance.instance_name.casefold()


def last_of_prefix(prefix: str) -> str:
    """Behind every user name and client id that begins so: `~` stands behind all that either may hold."""
    return f"{prefix}~"


def client_ids_from(text: str) -> tuple[ClientId, str]:
    """The range of client ids that begin with a text, which people may have typed in capitals."""
    prefix = text.lower()
    return ClientId(prefix), last_of_prefix(prefix)
