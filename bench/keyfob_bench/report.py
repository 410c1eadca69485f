from collections.abc import Mapping, Sequence
from statistics import median

from keyfob_bench.contestant import Operation
from keyfob_bench.schedule import Sample

# Keyfob's rate against another's, at least: what the project set out to reach.
GOALS: tuple[tuple[Operation, str, float], ...] = (
    (Operation.REFRESH, "oidc-provider, in memory", 2.0),
    (Operation.REFRESH, "plain uvicorn, the same bytes", 0.5),
    (Operation.REGISTER_SECRET, "oidc-provider, in memory", 1.9),
    (Operation.CLIENT_CREDENTIALS, "oidc-provider, in memory", 1.7),
    (Operation.DISCOVERY, "oidc-provider, in memory", 2.5),
    (Operation.KEYS, "oidc-provider, in memory", 2.5),
    (Operation.INTROSPECTION, "oidc-provider, in memory", 2.0),
)


def rate(samples: Sequence[Sample], server: str, operation: str) -> float | None:
    """The median over the rounds; None when it was not measured, or any answer was wrong."""
    rates = [one.rate for one in samples if (one.server, one.operation) == (server, operation)]
    return median(rates) if rates and min(rates) > 0 else None


def markdown(samples: Sequence[Sample], settings: Mapping[str, Sequence[str]], machine: str) -> str:
    servers = list(settings)
    lines = ["# Performance", "", machine, ""]
    for server, said in settings.items():
        lines += [f"- **{server}**: {' '.join(said)}"]
    lines += ["", "## Operations a second", "", _row(["operation", *servers]), _row(["---", *["---:"] * len(servers)])]
    operations = list(dict.fromkeys(one.operation for one in samples))
    lines += [_row([operation, *(_cell(samples, server, operation) for server in servers)]) for operation in operations]
    lines += [
        "",
        "Median of the rounds (slowest to fastest); microseconds of the server's processor for each operation.",
    ]
    lines += ["", "## Goals", "", "| operation | against | goal | measured | |", "|---|---|---:|---:|---|"]
    first = servers[0]
    for goal, other, wanted in GOALS:
        ours, theirs = rate(samples, first, goal), rate(samples, other, goal)
        if ours is None or theirs is None:
            lines += [_row([goal, other, f"{wanted:g}", "not measured", ""])]
        else:
            verdict = "met" if ours / theirs >= wanted else "missed"
            lines += [_row([goal, other, f"{wanted:g}", f"{ours / theirs:.2f}", verdict])]
    lines += ["", "## Latencies in milliseconds", "", "| operation | server | p50 | p99 |", "|---|---|---:|---:|"]
    for operation in operations:
        for server in servers:
            found = [one for one in samples if (one.server, one.operation) == (server, operation) and one.rate]
            if found:
                middle, slow = median(one.p50_ms for one in found), median(one.p99_ms for one in found)
                lines += [_row([operation, server, f"{middle:.2f}", f"{slow:.2f}"])]
    busiest = max((one.foreign for one in samples), default=0.0)
    lines += ["", f"Others kept {busiest:.2f} processors busy at most while a sample was taken."]
    wrong = sorted({f"{one.server}, {one.operation}: {one.wrong}" for one in samples if one.wrong})
    lines += ["", "## Runs that count for nothing", "", *(f"- {one}" for one in wrong)] if wrong else []
    return "\n".join(lines) + "\n"


def _cell(samples: Sequence[Sample], server: str, operation: str) -> str:
    found = sorted(one.rate for one in samples if (one.server, one.operation) == (server, operation))
    if not found:
        return ""
    if found[0] == 0:
        return "wrong answer"
    cpu = median(one.cpu_us for one in samples if (one.server, one.operation) == (server, operation))
    return f"{median(found):,.0f} ({found[0]:,.0f} to {found[-1]:,.0f}); {cpu:.0f} us"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
