"""A long load of all kinds on one node: whether it slows down, and whether its memory grows."""

import time
from collections.abc import Iterator
from typing import Final

from keyfob_bench.contestant import Operation
from keyfob_bench.crowd import Crowd
from keyfob_bench.exchange import Script, WrongAnswer
from keyfob_bench.load import drive
from keyfob_bench.processes import resident_mib
from keyfob_bench.results import Window

# what sixteen connections say
MIX: Final = (
    *(Operation.REFRESH,) * 8,
    *(Operation.INTROSPECTION,) * 4,
    *(Operation.CLIENT_AUTHENTICATION,) * 2,
    *(Operation.REGISTER_SECRET,) * 2,
)
_PARTS: Final = 60


def soak(crowd: Crowd, seconds: float) -> Iterator[Window]:
    """In up to sixty windows. Raises WrongAnswer, OSError."""
    length = max(seconds / _PARTS, 1.0)
    began = time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        measured = drive(crowd.address, _scripts(crowd), min(length, max(seconds - now, 0.5)), warm_up_s=0.1)
        if not measured.latencies:
            raise WrongAnswer("nothing was completed")
        end = time.monotonic() - began
        p50, p99 = measured.percentile(0.5) * 1000, measured.percentile(0.99) * 1000
        yield Window(end, measured.rate, p50, p99, resident_mib(crowd.pids))


def _scripts(crowd: Crowd) -> list[Script]:
    made = [crowd.script(operation, number % 4) for number, operation in enumerate(MIX)]
    return [script for script in made if script is not None]
