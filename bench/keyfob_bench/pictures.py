"""Which pictures a report has."""

from collections.abc import Iterator, Mapping
from statistics import median

from keyfob_bench.contestant import Operation
from keyfob_bench.goals import GROWING, NEEDS, of_floor
from keyfob_bench.keyfob import ON_SQLITE
from keyfob_bench.plots import Axis, bars, lines
from keyfob_bench.results import Results


def pictures(results: Results) -> Iterator[tuple[str, str]]:
    """The name of each file, and the SVG; none for what was not measured."""
    servers = list(dict.fromkeys(one.server for one in results.samples))
    rates: Mapping[str, Mapping[str, float]] = {
        one: {name: rate for name in servers if (rate := results.rate(name, one)) is not None}
        for one in Operation
        # beside plain uvicorn no bar of it could be seen
        if one is not Operation.SIGN_IN
    }
    if any(rates.values()):
        yield "rates.svg", bars("Operations a second, more is better", {one: of for one, of in rates.items() if of})
    shares = {one: share * 100 for one in NEEDS if (share := of_floor(results, ON_SQLITE, one)) is not None}
    if shares:
        of = {str(one): share for one, share in shares.items()}
        yield "floors.svg", bars(f"{ON_SQLITE}, per cent", {"of what one processor could do at the floor": of})
    if results.growth:
        sizes = [one.instances for one in results.populations]
        grown = {
            str(one): [(size, p99) for size in sizes if (p99 := results.grown_p99(size, one)) is not None]
            for one in GROWING
        }
        across = Axis("instances", logarithmic=True)
        yield "growth.svg", lines("99th percentile with the number of instances", grown, across, Axis("ms"))
    if results.load:
        first, usual = results.load[0].mib, median(one.p99_ms for one in results.load)
        curves = {
            "memory": [(one.end_s, one.mib / first) for one in results.load],
            "p99": [(one.end_s, one.p99_ms / usual) for one in results.load],
        }
        up = Axis("times the first (memory), the median (p99)")
        yield "load.svg", lines("Under load", curves, Axis("seconds"), up)
