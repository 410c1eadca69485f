"""Who is measured when: every operation of every server in each round, in another order each time."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import httpx

from keyfob_bench.contestant import Operation, Running
from keyfob_bench.exchange import Script, WrongAnswer
from keyfob_bench.load import drive
from keyfob_bench.processes import busy_seconds, cpu_seconds, used_between

WARM_UP_S: Final = 0.3
_AROUND_S: Final = 0.15
"""What a sample takes beside warm-up and measuring."""
_LEAST_S, _MOST_S = 0.4, 3.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One server, one operation, one round."""

    server: str
    operation: str
    rate: float
    """Operations a second; 0 when an answer was wrong."""
    cpu_us: float = 0.0
    """Microseconds of the server's processor for each operation."""
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    foreign: float = 0.0
    """Processors that others than the server, its database and the load kept busy meanwhile."""
    wrong: str = ""
    database_us: float = 0.0
    """Microseconds of the processes of its database for each operation."""
    load: float = 0.0
    """The share of its processor that the load generator used."""
    seconds: float = 0.0
    """How long it was measured."""


@dataclass(frozen=True, slots=True)
class Plan:
    times: int
    """Rounds."""
    connections: int
    seconds: float = 0.0
    """Of each sample; 0: what fits into the time."""
    until: float = float("inf")
    """When the last round shall end, on the monotonic clock."""
    between_s: float = 0.0
    """What else is done after each round takes so long."""

    def seconds_in(self, number: int, samples: int, now: float) -> float:
        """Of each sample of a round, which has so many, from what is left."""
        left = self.times - number
        return self.seconds or seconds_for(samples * left, self.until - now - self.between_s * left)


def offered(servers: Mapping[str, Running], operations: Sequence[Operation]) -> Sequence[tuple[str, Operation]]:
    return [(name, one) for one in operations for name in servers if servers[name].script(one, 0) is not None]


def seconds_for(samples: int, available_s: float) -> float:
    """How long each of so many samples may take, of 0.4 to 3 seconds."""
    return min(max(available_s / max(samples, 1) - WARM_UP_S - _AROUND_S, _LEAST_S), _MOST_S)


def rounds(
    servers: Mapping[str, Running],
    operations: Sequence[Operation],
    plan: Plan,
    told: Callable[[str], None],
    taken: Callable[[Sample], None],
) -> Iterator[int]:
    """The number of each round, once it is done. `taken` is given each sample at once."""
    names = list(servers)
    offers = set(offered(servers, operations))
    for number in range(plan.times):
        if time.monotonic() > plan.until:
            told(f"the time is up after {number} of {plan.times} rounds")
            return
        seconds = plan.seconds_in(number, len(offers), time.monotonic())
        told(f"round {number + 1} of {plan.times}: {len(offers)} samples of {seconds:.1f} s")
        turned = names[number % len(names) :] + names[: number % len(names)]
        order = chain.from_iterable([(name, one) for name in turned] for one in operations)
        for name, one in order:
            if (name, one) in offers:
                sample = _measure(name, servers[name], one, plan.connections, seconds)
                taken(sample)
                told(f"{one}: {name}: {sample.wrong or f'{sample.rate:,.0f}/s'}")
        yield number + 1


def _measure(name: str, server: Running, operation: Operation, connections: int, seconds: float) -> Sample:
    try:
        server.prepare()
        scripts = [script for one in range(connections) if (script := server.script(operation, one)) is not None]
        return measure(name, server, operation, scripts, seconds)
    except (WrongAnswer, OSError, httpx.HTTPError) as wrong:
        return Sample(name, operation, 0, wrong=f"{type(wrong).__name__}: {wrong}"[:300])


def measure(name: str, server: Running, operation: str, scripts: Sequence[Script], seconds: float) -> Sample:
    """Raises WrongAnswer, and OSError from a server that is gone."""
    busy, cpu, own, began = busy_seconds(), cpu_seconds(server.pids), time.process_time(), time.monotonic()
    database = cpu_seconds(server.database_pids)
    measured = drive(server.address_of(operation), scripts, seconds, warm_up_s=WARM_UP_S)
    took, load = time.monotonic() - began, time.process_time() - own
    used = used_between(cpu, cpu_seconds(server.pids))
    stored = used_between(database, cpu_seconds(server.database_pids))
    if not measured.latencies:
        raise WrongAnswer("nothing was completed")
    return Sample(
        name,
        operation,
        measured.rate,
        cpu_us=used / measured.completed * 1e6,
        p50_ms=measured.percentile(0.5) * 1000,
        p99_ms=measured.percentile(0.99) * 1000,
        foreign=max((busy_seconds() - busy - used - stored - load) / took, 0.0),
        database_us=stored / measured.completed * 1e6,
        load=load / took,
        seconds=seconds,
    )
