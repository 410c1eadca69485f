"""How often a refresh answer was said again: now and then an answer is lost, but a thief beside the owner makes a
pattern (design: storage, refresh tokens).
"""

from dataclasses import dataclass
from typing import Final

REPEATS_OF_ONE: Final = 3
ROTATIONS_RUNNING: Final = 3


@dataclass(frozen=True, slots=True)
class Repeats:
    counter: int
    """The successor that was said again last."""
    times: int
    running: int
    """How many successors in a row were said again."""

    @property
    def suspicious(self) -> bool:
        return self.times > REPEATS_OF_ONE or self.running >= ROTATIONS_RUNNING


def repeated(before: Repeats | None, counter: int) -> Repeats:
    if before is None or counter not in {before.counter, before.counter + 1}:
        return Repeats(counter, times=1, running=1)
    if counter == before.counter:
        return Repeats(counter, before.times + 1, before.running)
    return Repeats(counter, times=1, running=before.running + 1)
