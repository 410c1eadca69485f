"""What the system tells of processes: their time on the processors, their memory."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: Sequence[int]) -> Mapping[int, float]:
    """What each has used, in user and kernel mode; one that ended is left out."""
    used = {}
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
            used[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
    return used


def used_between(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    """Seconds of the processors; a process that began meanwhile counts whole, one that ended not at all."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def busy_seconds() -> float:
    """What all processors have worked since the machine started: everything but idle and waiting."""
    fields = [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / _TICKS


@contextmanager
def on_processor(number: int) -> Iterator[None]:
    """The calling process on another processor, and back."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {number})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def resident_mib(pids: Sequence[int]) -> float:
    """The memory of the processes together (RSS), in MiB; pages that several share count for each."""
    kib = 0
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    kib += int(line.split()[1])
    return kib / 1024


def family(pid: int) -> Sequence[int]:
    """A process and its children, as they are now."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    return [pid]
