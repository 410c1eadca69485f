"""Who is measured when: every operation of every server in each round, in another order each time."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from keyfob_bench.contestant import Operation, Running
from keyfob_bench.exchange import Script, WrongAnswer
from keyfob_bench.load import drive
from keyfob_bench.started import busy_seconds, cpu_seconds

WARM_UP_S: Final = 0.3


@dataclass(frozen=True, slots=True)
class Sample:
    """One server, one operation, one round."""

    server: str
    operation: str
    rate: float
    """Operations a second; 0 when an answer was wrong."""
    cpu_us: float
    """Microseconds of the server's processor for each operation."""
    p50_ms: float
    p99_ms: float
    foreign: float
    """Processors that others than the server and the load kept busy meanwhile."""
    wrong: str = ""


def rounds(
    servers: Mapping[str, Running], operations: Sequence[Operation], *, times: int, seconds: float, connections: int
) -> Iterator[Sample]:
    names = list(servers)
    for number in range(times):
        for operation in operations:
            for name in names[number % len(names) :] + names[: number % len(names)]:
                scripts = [servers[name].script(operation, one) for one in range(connections)]
                ready = [script for script in scripts if script is not None]
                if ready:
                    yield _measure(name, servers[name], operation, ready, seconds)


def _measure(name: str, server: Running, operation: Operation, scripts: list[Script], seconds: float) -> Sample:
    busy, cpu, own, began = busy_seconds(), cpu_seconds(server.pids), time.process_time(), time.monotonic()
    try:
        measured = drive(server.address, scripts, seconds, warm_up_s=WARM_UP_S)
    except WrongAnswer as wrong:
        return Sample(name, operation, 0, 0, 0, 0, 0, str(wrong)[:300])
    took, cpu = time.monotonic() - began, cpu_seconds(server.pids) - cpu
    foreign = (busy_seconds() - busy - cpu - (time.process_time() - own)) / took
    done = max(measured.rate * took, 1)
    if not measured.latencies:
        return Sample(name, operation, 0, 0, 0, 0, foreign, "nothing was completed")
    return Sample(
        name,
        operation,
        measured.rate,
        cpu / done * 1e6,
        measured.percentile(0.5) * 1000,
        measured.percentile(0.99) * 1000,
        max(foreign, 0.0),
    )
