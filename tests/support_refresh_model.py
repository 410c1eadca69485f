"""The verdicts over refresh tokens, once more and in the plainest form: what a machine compares the server with. It
knows nothing of the server's code.
"""

from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal[
    "rotate", "repeat", "suspended", "dead", "foreign", "ahead", "late", "old"
]  # fmt: skip
REVOKING: frozenset[Outcome] = frozenset({"foreign", "ahead", "late", "old"})


@dataclass(slots=True)
class World:
    """What all grants have in common."""

    account_changes: int = 0


@dataclass(slots=True, eq=False)
class ModelInstance:
    client_id: str
    client_secret: str
    status: str = "active"
    changes: int = 0

    def becomes(self, status: str) -> None:
        if status != self.status:
            self.status, self.changes = status, self.changes + 1


@dataclass(slots=True, eq=False)
class ModelGrant:
    world: World
    instance: ModelInstance
    signed_in_at: int
    idle_s: int
    absolute_s: int
    window_s: int
    tokens: list[str]
    """The refresh token of each counter that was ever reached."""
    access_token: str
    access_expires_at: int
    counter: int = 0
    rotated_at: int = field(init=False)
    revoked: bool = False
    made_under: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.rotated_at = self.signed_in_at
        self.made_under = (self.instance.changes, self.world.account_changes)

    @property
    def is_as_it_was_made(self) -> bool:
        return self.made_under == (self.instance.changes, self.world.account_changes)

    def access_is_live(self, now: int) -> bool:
        active = self.instance.status == "active" and not self.revoked
        return active and self.is_as_it_was_made and now < self.access_expires_at

    def outcome(self, number: int, presenter: ModelInstance, now: int) -> Outcome:
        """Of presenting the token of counter `number` with the credentials of `presenter`."""
        if presenter.status != "active":
            return "suspended"
        if presenter is not self.instance:
            return "foreign"
        ends = min(self.signed_in_at + self.absolute_s, self.rotated_at + self.idle_s)
        if self.revoked or not self.is_as_it_was_made or now >= ends:
            return "dead"
        return self._outcome_by_counter(number, now)

    def _outcome_by_counter(self, number: int, now: int) -> Outcome:
        if number > self.counter:
            return "ahead"
        if number == self.counter:
            return "rotate"
        if number < self.counter - 1:
            return "old"
        return "repeat" if now <= self.rotated_at + self.window_s else "late"

    def apply(self, outcome: Outcome, now: int) -> None:
        if outcome in REVOKING:
            self.revoked = True
        elif outcome == "rotate":
            self.counter, self.rotated_at = self.counter + 1, now
