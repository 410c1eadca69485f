"""The report in Markdown, of a run's results alone."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from keyfob_bench.contestant import Operation
from keyfob_bench.floor import NAME as PLAIN
from keyfob_bench.goals import NEEDS, ROWS, floor_us, goals, of_floor
from keyfob_bench.primitives import GROUP, Primitive
from keyfob_bench.report_growth import growth, load, memory
from keyfob_bench.results import Results
from keyfob_bench.tables import number, table

_FACTOR: Final = 2


def markdown(results: Results) -> str:
    parts = (
        _head, _goals, _rates, _sign_in, _floors, _of_floor, _generator, _latencies, memory, growth, load, _troubles,
    )  # fmt: skip
    return "\n".join(line for part in parts for line in part(results)).rstrip() + "\n"


def _head(results: Results) -> Iterator[str]:
    yield from ("# Performance", "", results.machine, "")
    for server, said in results.settings.items():
        yield f"- **{server}**: {' '.join(said)}"
    for server, reason in results.missing.items():
        yield f"- **{server}** is missing: {reason}."
    yield ""


def _goals(results: Results) -> Iterator[str]:
    yield from ("## Goals", "")
    rows = (
        [
            one.about,
            one.against,
            number(one.least, "g", one.unit),
            number(one.reach, "g", one.unit),
            number(one.measured, ".2f" if one.unit == "x" else ".0f", one.unit),
            one.verdict,
        ]
        for one in goals(results)
    )
    yield from table(("operation", "against.", "at least", "reach for", "measured", "verdict."), rows)
    yield "Rates are compared; of memory and latencies, where less is better, the goal is the most that is allowed."
    yield ""


def _rates(results: Results) -> Iterator[str]:
    servers, operations = _columns(results), _operations(results)
    if not operations:
        return
    yield from ("## Operations a second", "", "![Operations a second](rates.svg)", "")
    rows = ([one, *(_cell(results, server, one) for server in servers)] for one in operations)
    yield from table(("operation", *servers), rows)
    yield "Median of the rounds (slowest to fastest); microseconds of the server's processor for each operation,"
    yield "and after `+` those of its database's processes. An empty cell: the server has no such operation."
    yield "The whole journey: an initial token by code flow where a server has that, registration, code flow with a"
    yield "session, introspection, refresh and revocation."
    yield ""


def _sign_in(results: Results) -> Iterator[str]:
    found = [one for one in _columns(results) if one != PLAIN and results.of(one, Operation.SIGN_IN)]
    if not found:
        return
    yield from ("## Password sign-in", "")
    hashes = results.floor(Primitive.ARGON2)
    rows = [[one, _cell(results, one, Operation.SIGN_IN)] for one in found]
    if hashes:
        rows.append(["Argon2id hashes alone, as Keyfob makes them", f"{hashes.rate:,.0f}; {hashes.cpu_us:,.0f} us"])
    yield from table(("server", "sign-ins a second"), rows)
    yield "The page and the form with the password, in a browser without cookies, until the redirect with a code."
    yield "How dear a hash of a password is, is each server's choice for security: these figures are no contest."
    yield ""


def _floors(results: Results) -> Iterator[str]:
    found = [floor for one in Primitive if (floor := results.floor(one))]
    if not found:
        return
    yield from ("## Floors", "", "What one processor does when it does nothing else, in Python, in the same run:", "")
    yield from table(
        ("what", "a second", "us of its processor"),
        ([one.primitive, number(one.rate), number(one.cpu_us, ",.1f")] for one in found),
    )
    yield "Rows have 400 bytes and keys that grow; each commit is on the disk. Of PostgreSQL the client's processor is"
    yield "counted; its server has the other one."
    yield ""


def _of_floor(results: Results) -> Iterator[str]:
    found = {(server, one): share for server in ROWS for one in NEEDS if (share := of_floor(results, server, one))}
    if not found:
        return
    yield from ("## Keyfob as a share of its floor", "", "![As a share of the floor](floors.svg)", "")
    rows = []
    for (server, one), share in found.items():
        floor, rate = floor_us(results, one, ROWS[server]), results.rate(server, one)
        rows.append([one, server, _sum_of(one), number(floor, ",.1f"), number(rate), f"{share:.0%}"])
    yield from table(("operation", "server.", "floor.", "us", "measured, a second", "share"), rows)
    yield "The floor of an operation is a sum of processor time: what plain uvicorn uses to answer the same bytes (for"
    yield f"the code flow two exchanges), its rows (in SQLite when {GROUP} share a commit, in PostgreSQL on {GROUP}"
    yield "connections), and its signatures and hashes. The share is the measured rate times that sum: 100 % would be"
    yield "a processor that does nothing else. What reading costs is in no floor, nor what PostgreSQL's own processes"
    yield "use."
    yield ""


def _sum_of(operation: Operation) -> str:
    count, others = NEEDS[operation]
    rows = {0: (), 1: ("1 row",)}.get(count, (f"{count} rows",))
    return " + ".join(("the same bytes", *rows, *others))


def _generator(results: Results) -> Iterator[str]:
    rows = []
    for one in _operations(results):
        rivals = _rivals(results, one)
        if rivals:
            rate, fastest = max(rivals)
            plain, ready = results.rate(PLAIN, one), _ready(results, one)
            reached = max(plain or 0, ready[0] if ready else 0)
            verdict = "shown" if reached >= _FACTOR * rate else "not shown" if reached else "not measured"
            against = (ready[0] / rate, ready[1]) if ready else (None, None)
            times = number(plain / rate if plain else None, ".1f", "x")
            rows.append([one, fastest, times, number(against[0], ".1f", "x"), number(against[1], ".1f"), verdict])
    if rows:
        yield from ("## The load generator", "")
        heads = ("plain uvicorn against it", "bytes that are ready against it", "the generator's us there")
        yield from table(("operation", "fastest.", *heads, "twice."), rows)
        yield "That the generator can drive something at twice the rate of the fastest server says that it is not what"
        yield "limits that server. It is driven against plain uvicorn and, because a server may come near to that,"
        yield "against a program that reads no HTTP and says bytes that are ready; both answer the same requests with"
        yield "the same bytes, and every answer is checked. The microseconds are those of the generator's processor for"
        yield "an operation."
        yield ""
    taken = (*results.samples, *results.generator, *results.growth)
    if taken:
        usual, busiest = median(one.foreign for one in taken), max(one.foreign for one in taken)
        yield f"Others kept {usual:.2f} processors busy while a sample was taken (median), and {busiest:.2f} at most."
        yield ""


def _ready(results: Results, operation: str) -> tuple[float, float] | None:
    """Operations a second where answers are ready, and microseconds of the generator's processor for each."""
    found = [one for one in results.generator if one.operation == operation]
    if not found or not all(one.rate for one in found):
        return None
    return median(one.rate for one in found), median(one.load / one.rate * 1e6 for one in found)


def _latencies(results: Results) -> Iterator[str]:
    rows = []
    for operation in _operations(results):
        for server in _columns(results):
            found = [one for one in results.of(server, operation) if one.rate]
            if found:
                p50, p99 = median(one.p50_ms for one in found), median(one.p99_ms for one in found)
                rows.append([operation, server, f"{p50:.2f}", f"{p99:.2f}"])
    if rows:
        yield from ("## Latencies in milliseconds", "")
        yield from table(("operation", "server.", "p50", "p99"), rows)


def _troubles(results: Results) -> Iterator[str]:
    taken = (*results.samples, *results.generator, *results.growth)
    wrong = {f"{one.server}, {one.operation}: {one.wrong}" for one in taken if one.wrong}
    said = [*results.notes, *sorted(wrong)]
    if said:
        yield from ("## What went wrong", "", "A sample with one wrong answer counts for nothing.", "")
        yield from (f"- {one}" for one in said)


def _columns(results: Results) -> Sequence[str]:
    return list(dict.fromkeys(one.server for one in results.samples))


def _operations(results: Results) -> Sequence[Operation]:
    measured = {one.operation for one in results.samples} - {Operation.SIGN_IN}
    return [one for one in Operation if one in measured]


def _rivals(results: Results, operation: str) -> list[tuple[float, str]]:
    found = ((results.rate(one, operation), one) for one in _columns(results) if one != PLAIN)
    return [(rate, one) for rate, one in found if rate is not None]


def _cell(results: Results, server: str, operation: str) -> str:
    found = sorted(results.of(server, operation), key=lambda one: one.rate)
    if not found:
        return ""
    if found[0].rate == 0:
        return "wrong answer"
    stored = median(one.database_us for one in found)
    used = f"{median(one.cpu_us for one in found):,.0f}{f' + {stored:,.0f}' if stored else ''} us"
    return f"{median(one.rate for one in found):,.0f} ({found[0].rate:,.0f} to {found[-1].rate:,.0f}); {used}"
