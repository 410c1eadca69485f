"""One run of the bench, as far as it has come: what was asked for, what was found; each step is kept."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from keyfob_bench.goals import GROWING
from keyfob_bench.pictures import pictures
from keyfob_bench.report import markdown
from keyfob_bench.results import Results

SERVER_CORE, LOAD_CORE = 0, 1
_START_S: Final = 15.0
"""What a node on a database of its own takes to start, with what administrators do there."""
_LOADED_A_SECOND: Final = 20_000


class Part(StrEnum):
    SERVERS = "servers"
    """Keyfob beside its peers."""
    GROWTH = "growth"
    """Keyfob with few instances and with many."""
    LOAD = "load"
    """Keyfob under a long load."""


@dataclass(frozen=True, slots=True)
class Asked:
    minutes: float
    rounds: int
    connections: int
    sizes: tuple[int, ...]
    growth_seconds: float
    load_seconds: float
    only: str
    out: Path
    peers: Path
    parts: frozenset[Part] = frozenset(Part)

    @property
    def loaded(self) -> tuple[int, ...]:
        """The numbers of instances that databases are filled with; a long load takes the largest alone."""
        if Part.GROWTH in self.parts:
            return self.sizes
        return self.sizes[-1:] if Part.LOAD in self.parts else ()

    @property
    def growth_s(self) -> float:
        """What growth will take, about: to start, to load, to measure."""
        samples = len(self.sizes) * len(GROWING) * self.rounds if Part.GROWTH in self.parts else 0
        return sum(_START_S + one / _LOADED_A_SECOND for one in self.loaded) + samples * (self.growth_seconds + 0.5)


@dataclass(slots=True)
class Run:
    asked: Asked
    say: Callable[[str], None]
    folder: Path
    opened: ExitStack
    results: Results = field(default_factory=Results)
    began: float = field(default_factory=time.monotonic)

    def tell(self, text: str) -> None:
        self.say(f"{time.monotonic() - self.began:5.0f} s  {text}")

    def note(self, text: str) -> None:
        self.results.notes.append(text)
        self.tell(text)

    def keep(self) -> None:
        out = self.asked.out
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.json").write_text(json.dumps(asdict(self.results), indent=1))
        (out / "report.md").write_text(markdown(self.results))
        for name, picture in pictures(self.results):
            (out / name).write_text(picture)
