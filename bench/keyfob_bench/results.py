"""All that a run found, as it is kept in JSON; tables, goals and plots are made of this alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from keyfob_bench.primitives import Floor
from keyfob_bench.schedule import Sample


@dataclass(frozen=True, slots=True)
class Memory:
    """MiB of a server's processes (RSS)."""

    at_rest: float
    """After its first answer; 0 when nobody looked."""
    before: float
    """After the first round of load."""
    after: float
    """After the last."""
    rounds: int


@dataclass(frozen=True, slots=True)
class Population:
    """A database with so many loaded instances."""

    instances: int
    load_s: float
    bytes_per_instance: float
    """Instance, grant and their indexes."""
    bytes_per_account: float
    acts: Mapping[str, tuple[float, float]]
    """Of each act of an administrator or an owner: median and 99th percentile, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a long load."""

    end_s: float
    rate: float
    p50_ms: float
    p99_ms: float
    mib: float
    """The node's memory at its end."""


@dataclass(slots=True)
class Results:
    machine: str = ""
    settings: dict[str, Sequence[str]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    generator: list[Sample] = field(default_factory=list)
    """What the load generator reaches where answers are ready."""
    floors: list[Floor] = field(default_factory=list)
    memory: dict[str, Memory] = field(default_factory=dict)
    populations: list[Population] = field(default_factory=list)
    growth: list[Sample] = field(default_factory=list)
    """Their servers are the numbers of instances."""
    load: list[Window] = field(default_factory=list)
    load_on: int = 0
    """The instances in the database of the long load."""
    notes: list[str] = field(default_factory=list)
    """What went wrong on the way."""

    def of(self, server: str, operation: str) -> Sequence[Sample]:
        return [one for one in self.samples if (one.server, one.operation) == (server, operation)]

    def rate(self, server: str, operation: str) -> float | None:
        """The median over the rounds; None when it was not measured, or any answer was wrong."""
        rates = [one.rate for one in self.of(server, operation)]
        return median(rates) if rates and min(rates) > 0 else None

    def cpu_us(self, server: str, operation: str) -> float | None:
        """As `rate`."""
        if self.rate(server, operation) is None:
            return None
        return median(one.cpu_us for one in self.of(server, operation))

    def floor(self, primitive: str) -> Floor | None:
        """The medians of the rounds."""
        found = [one for one in self.floors if one.primitive == primitive]
        if not found:
            return None
        return Floor(primitive, median(one.rate for one in found), median(one.cpu_us for one in found))

    def grown_p99(self, instances: int, operation: str) -> float | None:
        found = [one for one in self.growth if (one.server, one.operation) == (str(instances), operation)]
        return median(one.p99_ms for one in found) if found and all(one.rate for one in found) else None


def ratio(first: float | None, second: float | None) -> float | None:
    return first / second if first is not None and second else None
