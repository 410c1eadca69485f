"""What the project set out to reach, and how far it came in one run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from keyfob_bench.contestant import Operation
from keyfob_bench.floor import NAME as PLAIN
from keyfob_bench.keyfob import ON_POSTGRES, ON_SQLITE
from keyfob_bench.peers.oidc_provider import OidcProvider
from keyfob_bench.primitives import Primitive
from keyfob_bench.results import Results, ratio

PEER: Final = OidcProvider.name
STEADY: Final = 1.05
"""Memory that grew by less did not grow: what the allocator keeps varies by so much."""
_AN_HOUR_S: Final = 3540
"""The last window of an hour of load may end a little before it."""
_SIZES: Final = (10_000, 10_000_000)
GROWING: Final = (
    Operation.REFRESH,
    Operation.INTROSPECTION,
    Operation.USERINFO,
    Operation.CLIENT_AUTHENTICATION,
    Operation.CODE_ES256,
    Operation.REGISTER_SECRET,
)

# Beside the bytes that plain uvicorn moves: rows that are committed in groups, and signatures or hashes.
NEEDS: Final[Mapping[Operation, tuple[int, tuple[Primitive, ...]]]] = {
    Operation.DISCOVERY: (0, ()),
    Operation.KEYS: (0, ()),
    Operation.CLIENT_CREDENTIALS: (0, ()),
    Operation.REFRESH: (1, ()),
    Operation.INTROSPECTION: (0, ()),
    Operation.USERINFO: (0, ()),
    Operation.CODE_ES256: (1, (Primitive.ES256,)),
    Operation.CODE_RS256: (1, (Primitive.RS256,)),
    Operation.REGISTER_SECRET: (1, ()),
    Operation.REGISTER_TEMPLATED: (1, ()),
    Operation.REGISTER_KEY: (1, ()),
    Operation.SIGN_IN: (1, (Primitive.ARGON2,)),
    Operation.JOURNEY: (5, (Primitive.RS256,)),
}

# what a row costs at least where the engine's commits are shared
ROWS: Final[Mapping[str, Primitive]] = {
    ON_SQLITE: Primitive.SQLITE_GROUPED,
    ON_POSTGRES: Primitive.POSTGRES_AT_ONCE,
}


@dataclass(frozen=True, slots=True)
class Goal:
    about: str
    against: str
    least: float
    """At least; where less is better, at most."""
    reach: float | None
    measured: float | None
    unit: str = "x"
    less_is_better: bool = False

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        if self.reach is not None and self._keeps(self.measured, self.reach):
            return "reached"
        return "met" if self._keeps(self.measured, self.least) else "missed"

    def _keeps(self, measured: float, bound: float) -> bool:
        return measured <= bound if self.less_is_better else measured >= bound


def floor_us(results: Results, operation: Operation, row: Primitive) -> float | None:
    """Microseconds of one processor below which the operation cannot be done this way.

    The sum of what plain uvicorn uses to say the same bytes, of its rows at the price of a grouped commit, and of its
    signatures and hashes.
    """
    bare = results.cpu_us(PLAIN, operation)
    rows, others = NEEDS[operation]
    parts = [bare, *(_us(results, one) for one in others)]
    if rows:
        price = _us(results, row)
        parts.append(None if price is None else rows * price)
    return sum(one for one in parts if one is not None) if None not in parts else None


def of_floor(results: Results, server: str, operation: Operation) -> float | None:
    """The measured rate as a share of what one processor could do at the floor; of Keyfob on either engine."""
    rate, floor = results.rate(server, operation), floor_us(results, operation, ROWS[server])
    return rate * floor / 1e6 if rate is not None and floor is not None else None


def _us(results: Results, primitive: Primitive) -> float | None:
    found = results.floor(primitive)
    return found.cpu_us if found else None


def goals(results: Results) -> Iterator[Goal]:
    def against(operation: Operation, least: float, reach: float, ours: str = ON_SQLITE, theirs: str = "") -> Goal:
        other = theirs or operation
        measured = ratio(results.rate(ours, operation), results.rate(PEER, other))
        about = f"{operation}{', on PostgreSQL' if ours == ON_POSTGRES else ''}"
        return Goal(about, PEER if other == operation else f"{PEER}, {other}", least, reach, measured)

    def share(operation: Operation, least: float, reach: float) -> Goal:
        found = of_floor(results, ON_SQLITE, operation)
        return Goal(operation, "its floor", least, reach, None if found is None else found * 100, unit=" %")

    yield against(Operation.REFRESH, 2, 3)
    plain = ratio(results.rate(ON_SQLITE, Operation.REFRESH), results.rate(PLAIN, Operation.REFRESH))
    yield Goal(Operation.REFRESH, PLAIN, 0.5, None, plain)
    yield against(Operation.REGISTER_SECRET, 1.9, 3)
    yield against(Operation.REGISTER_TEMPLATED, 1.9, 3, theirs=Operation.REGISTER_SECRET)
    yield against(Operation.CLIENT_CREDENTIALS, 1.7, 2.4)
    yield against(Operation.DISCOVERY, 2.5, 3)
    yield against(Operation.KEYS, 2.5, 3)
    yield against(Operation.INTROSPECTION, 2, 3)
    yield share(Operation.CODE_ES256, 45, 60)
    yield share(Operation.CODE_RS256, 60, 75)
    yield against(Operation.REFRESH, 1.2, 2, ours=ON_POSTGRES)
    yield from _memory(results)
    yield from _growth(results)


def _memory(results: Results) -> Iterator[Goal]:
    for server in (ON_SQLITE, ON_POSTGRES):
        memory = results.memory.get(server)
        at_rest = memory.at_rest if memory and memory.at_rest else None
        grown = ratio(memory.after, memory.before) if memory and memory.rounds > 1 else None
        yield Goal(f"memory at rest: {server}", "", 80, None, at_rest, unit=" MiB", less_is_better=True)
        yield Goal(
            f"memory after this run's load: {server}", "after its first round", STEADY, None, grown, less_is_better=True
        )
    hour = results.load[-1].end_s if results.load else 0
    if hour:
        grown = ratio(results.load[-1].mib, results.load[min(len(results.load) // 12, len(results.load) - 1)].mib)
        yield Goal(f"memory after {hour:,.0f} s of load", "its first part", STEADY, None, grown, less_is_better=True)
    if hour < _AN_HOUR_S:
        yield Goal("memory after an hour of load", "its first part", STEADY, None, None, less_is_better=True)


def _growth(results: Results) -> Iterator[Goal]:
    sizes = sorted({int(one.server) for one in results.growth})
    if len(sizes) > 1:
        for operation in GROWING:
            grown = ratio(results.grown_p99(sizes[-1], operation), results.grown_p99(sizes[0], operation))
            about = f"p99 at {sizes[-1]:,} instances: {operation}"
            yield Goal(about, f"{sizes[0]:,} instances", 1.3, 1.1, grown, less_is_better=True)
    few, many = _SIZES
    if not sizes or sizes[0] > few or sizes[-1] < many:
        yield Goal(f"p99 at {many:,} instances", f"{few:,} instances", 1.3, 1.1, None, less_is_better=True)
