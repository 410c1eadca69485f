"""What ends by itself, and when it may go (instances.md, "Life"; storage.md)."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.policy import Policy

DAY: Final = 86400
LONGEST_INITIAL_TOKEN_S: Final = 90 * DAY
"""No initial token lives longer: its instance's row, whose conflict is the second use, must not go before."""
MARGIN_S: Final = 600
"""For clocks and for requests under way."""


@dataclass(frozen=True, slots=True)
class IdleInstance:
    client_id: ClientId
    metadata: ClientMetadata
    """In force, so that a tombstone can be made of it."""
    used: bool


@dataclass(frozen=True, slots=True)
class IdlePage:
    idle: tuple[IdleInstance, ...]
    last: str
    """The id that the page ended with; empty when there is nothing behind it."""


class ConsentKey(NamedTuple):
    """The place of a consent among all; both empty: before the first."""

    account_id: str = ""
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class DeadConsents:
    count: int
    last: ConsentKey
    """The consent that the page ended with."""
    more: bool
    """There may be something behind it."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What lies before these times, in epoch seconds, may go."""

    sessions: int
    revoked_tokens: int
    initial_tokens: int
    grants: int
    dead_grants: int
    initial_grants: int
    tombstones: int
    consents: int
    sign_in_failures: int
    never_used: int
    idle: int


def deadlines(policy: Policy, now: int) -> Deadlines:
    """A dead grant keeps its code from a second use until the code is dead too; an initial token's grant, until that
    is; a tombstone tells the app what became of it for `tombstone_s`.
    """
    return Deadlines(
        sessions=now - DAY,
        revoked_tokens=now - MARGIN_S,
        initial_tokens=now - 30 * DAY,
        grants=now - MARGIN_S,
        dead_grants=now - max(policy.code_lifetime_s, policy.access_token_lifetime_s) - MARGIN_S,
        # not by the policy: an administrator may have lengthened the life of tokens, and shortened it again
        initial_grants=now - policy.code_lifetime_s - LONGEST_INITIAL_TOKEN_S - DAY,
        tombstones=now - max(policy.tombstone_s, LONGEST_INITIAL_TOKEN_S + MARGIN_S),
        consents=now,
        sign_in_failures=now,
        never_used=now - policy.instance_never_used_s,
        idle=now - policy.instance_idle_s,
    )
