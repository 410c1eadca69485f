"""The verdicts over a refresh token whose MAC is right (design: storage, refresh tokens)."""

from dataclasses import dataclass
from typing import Literal

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InvalidScope
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.liveness import Death, death_of_grant
from keyfob_server.rules.records import Grant, Loaded


@cheaply_made
@dataclass(frozen=True, slots=True)
class Rotate:
    """Raise the counter to `successor` if it still is what was presented."""

    successor: int


@cheaply_made
@dataclass(frozen=True, slots=True)
class Repeat:
    """The answer was lost, or two requests raced: say the same successor again, without a write."""

    successor: int


@cheaply_made
@dataclass(frozen=True, slots=True)
class CatchUp:
    """The database has gone back and somebody said so: take the counter forward to `successor`, once for each grant."""

    successor: int


@cheaply_made
@dataclass(frozen=True, slots=True)
class Reused:
    """Revoke: somebody holds an old token, or one of another client, or the database has gone back."""

    kind: Literal["late", "old", "foreign", "ahead"]


@cheaply_made
@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing changes."""

    reason: Death


Verdict = Rotate | Repeat | CatchUp | Reused | Refused


def judge(
    loaded: Loaded,
    grant: Grant,
    *,
    client_id: ClientId,
    presented: int,
    idle_s: int,
    repeat_window_s: int,
    restored_at: int = 0,
) -> Verdict:
    """`client_id` is the authenticated client's; `loaded.client` is its row; `restored_at` is when a restore was last
    declared, 0 for never.
    """
    if grant.key.client_id != client_id:
        return Reused("foreign")
    if death := death_of_grant(grant, loaded):
        return Refused(death)
    if grant.expires <= loaded.now or grant.rotated_at + idle_s <= loaded.now:
        return Refused("expired")
    if presented == grant.refresh_counter:
        return Rotate(presented + 1)
    if presented > grant.refresh_counter:
        # Whatever moved the counter since was done by this database, and is not lost.
        return CatchUp(presented + 1) if grant.rotated_at < restored_at else Reused("ahead")
    if presented == grant.refresh_counter - 1:
        if loaded.now <= grant.rotated_at + repeat_window_s:
            return Repeat(grant.refresh_counter)
        return Reused("late")
    return Reused("old")


def narrowed_scope(granted: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    """RFC 6749 section 6: the same or less; raises InvalidScope."""
    if beyond := [value for value in asked if value not in granted]:
        raise InvalidScope(f"not granted: {' '.join(beyond)}"[:200])
    return asked or granted
