"""What a report says of memory, of many instances, and of a long load."""

from collections.abc import Iterator
from statistics import median
from typing import Final

from keyfob_bench.goals import GROWING
from keyfob_bench.results import Results
from keyfob_bench.tables import evenly, number, table

_SHOWN: Final = 12


def memory(results: Results) -> Iterator[str]:
    if not results.memory:
        return
    yield from ("## Memory in MiB", "")
    rows = (
        [server, number(one.at_rest or None), number(one.before), number(one.after)]
        for server, one in results.memory.items()
    )
    yield from table(("server", "after its first answer", "after the first round", "after the last"), rows)
    yield "The pages of a server's own processes that are in memory (RSS); its database is not among them."
    yield ""


def growth(results: Results) -> Iterator[str]:
    found = results.populations
    if not found:
        return
    heads = [f"{one.instances:,}" for one in found]
    yield from ("## Growth", "")
    yield f"Keyfob on PostgreSQL with {', '.join(heads)} instances, each in a database of its own, four of an account"
    yield "and one sign-in through each; every request comes from another instance, on 4 connections;"
    yield "the code flow is that of four persons with a session among them."
    yield ""
    if results.growth:
        yield from ("![Latencies with the number of instances](growth.svg)", "")
        rows = ([one, *(_grown(results, size.instances, one) for size in found)] for one in GROWING)
        yield from table(("operation, p50 and p99 in ms", *heads), rows)
    acts = list(dict.fromkeys(act for one in found for act in one.acts))
    of_acts = ([act, *(_act(one.acts.get(act)) for one in found)] for act in acts)
    yield from table(("act, median and p99 in ms", *heads), of_acts)
    of_sizes = (
        ["bytes for an instance and its grant", *(number(one.bytes_per_instance) for one in found)],
        ["bytes for an account", *(number(one.bytes_per_account) for one in found)],
        ["seconds to load it", *(number(one.load_s) for one in found)],
    )
    yield from table(("the database", *heads), of_sizes)
    yield "Indexes are in the bytes. A search by a name that none has looks through 5,000 instances, and then says"
    yield "where it goes on."
    yield ""


def load(results: Results) -> Iterator[str]:
    windows = results.load
    if not windows:
        return
    yield from (f"## {windows[-1].end_s:,.0f} seconds of load on {results.load_on:,} instances", "")
    yield from ("![Memory and latency under load](load.svg)", "")
    rows = (
        [number(one.end_s), number(one.rate), f"{one.p50_ms:.2f}", f"{one.p99_ms:.2f}", number(one.mib)]
        for one in evenly(windows, _SHOWN)
    )
    yield from table(("seconds", "operations a second", "p50 ms", "p99 ms", "MiB"), rows)
    part = max(len(windows) // 4, 1)
    first, last = (median(one.p99_ms for one in some) for some in (windows[:part], windows[-part:]))
    yield "Of 16 connections half refresh, a quarter introspects, the others authenticate and register. The median p99"
    yield f"of the first quarter is {first:.2f} ms, of the last {last:.2f} ms."
    yield ""


def _grown(results: Results, size: int, operation: str) -> str:
    found = [one for one in results.growth if (one.server, one.operation) == (str(size), operation)]
    if not found or not all(one.rate for one in found):
        return "wrong answer" if found else ""
    return f"{median(one.p50_ms for one in found):.2f}, {median(one.p99_ms for one in found):.2f}"


def _act(took: tuple[float, float] | None) -> str:
    return "" if took is None else f"{took[0]:.2f}, {took[1]:.2f}"
