"""The time of the database, as tests set it."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Clock:
    """The database's time."""

    now: int = field(default_factory=lambda: int(time.time()))

    def __call__(self) -> int:
        return self.now

    def forward(self, seconds: int) -> None:
        self.now += seconds
