import pytest

from keyfob_bench.contestant import Operation
from keyfob_bench.contestants import contestants
from keyfob_bench.floor import NAME as PLAIN
from keyfob_bench.goals import GROWING, NEEDS, Goal, floor_us, goals, of_floor
from keyfob_bench.keyfob import ON_POSTGRES, ON_SQLITE
from keyfob_bench.peers.oidc_provider import OidcProvider
from keyfob_bench.primitives import Floor, Primitive
from keyfob_bench.report import markdown
from keyfob_bench.results import Memory, Population, Results, Window
from keyfob_bench.schedule import Sample

PEER = OidcProvider.name


def sample(server: str, operation: str, rate: float, *, cpu_us: float = 100, p99_ms: float = 2) -> Sample:
    return Sample(server, operation, rate, cpu_us=cpu_us, p50_ms=1, p99_ms=p99_ms)


def found(results: Results, about: str, against: str = PEER) -> Goal:
    (one,) = [one for one in goals(results) if one.about == about and one.against == against]
    return one


@pytest.mark.parametrize(
    ("measured", "verdict"), [(None, "not measured"), (1.99, "missed"), (2, "met"), (2.99, "met"), (3, "reached")]
)
def test_more_is_better_of_a_rate(measured: float | None, verdict: str) -> None:
    assert Goal("a", "b", 2, 3, measured).verdict == verdict


@pytest.mark.parametrize(("measured", "verdict"), [(1.31, "missed"), (1.3, "met"), (1.1, "reached")])
def test_less_is_better_of_memory_and_latencies(measured: float, verdict: str) -> None:
    assert Goal("a", "b", 1.3, 1.1, measured, less_is_better=True).verdict == verdict


@pytest.mark.parametrize(
    ("ours", "operation", "about", "least", "reach"),
    [
        (ON_SQLITE, Operation.REFRESH, "refresh with rotation", 2, 3),
        (ON_SQLITE, Operation.REGISTER_SECRET, "registration with a secret", 1.9, 3),
        (ON_SQLITE, Operation.CLIENT_CREDENTIALS, "client credentials, opaque", 1.7, 2.4),
        (ON_SQLITE, Operation.DISCOVERY, "discovery", 2.5, 3),
        (ON_SQLITE, Operation.KEYS, "keys", 2.5, 3),
        (ON_SQLITE, Operation.INTROSPECTION, "introspection", 2, 3),
        (ON_POSTGRES, Operation.REFRESH, "refresh with rotation, on PostgreSQL", 1.2, 2),
    ],
)
def test_rates_are_judged_against_the_peers(
    ours: str, operation: Operation, about: str, least: float, reach: float
) -> None:
    results = Results(samples=[sample(ours, operation, 500), sample(PEER, operation, 200)])
    goal = found(results, about)
    assert (goal.least, goal.reach, goal.measured) == (least, reach, 2.5)


def test_a_template_is_judged_against_the_peers_registration_with_a_secret() -> None:
    results = Results(
        samples=[
            sample(ON_SQLITE, Operation.REGISTER_TEMPLATED, 400),
            sample(PEER, Operation.REGISTER_SECRET, 200),
        ]
    )
    assert found(results, "registration by a template", f"{PEER}, registration with a secret").measured == 2


def test_the_floor_of_the_code_flow_is_two_exchanges_one_row_and_one_signature() -> None:
    results = Results(
        samples=[
            sample(PLAIN, Operation.CODE_ES256, 20_000, cpu_us=50),
            sample(ON_SQLITE, Operation.CODE_ES256, 5_001),
        ],
        floors=[
            Floor(Primitive.SQLITE_GROUPED, 100_000, 10),
            Floor(Primitive.SQLITE_GROUPED, 100_000, 30),
            Floor(Primitive.ES256, 50_000, 20),
        ],
    )
    assert floor_us(results, Operation.CODE_ES256, Primitive.SQLITE_GROUPED) == 50 + 20 + 20
    assert of_floor(results, ON_SQLITE, Operation.CODE_ES256) == pytest.approx(5_001 * 90e-6)
    goal = found(results, Operation.CODE_ES256, "its floor")
    assert goal.measured == pytest.approx(45, abs=0.1)
    assert goal.verdict == "met"


def test_a_floor_with_a_part_that_was_not_measured_is_none() -> None:
    results = Results(samples=[sample(PLAIN, one, 1000) for one in NEEDS], floors=[Floor(Primitive.RS256, 4_000, 250)])
    assert floor_us(results, Operation.DISCOVERY, Primitive.SQLITE_GROUPED) == 100
    assert floor_us(results, Operation.CODE_RS256, Primitive.SQLITE_GROUPED) is None
    assert floor_us(Results(floors=results.floors), Operation.DISCOVERY, Primitive.SQLITE_GROUPED) is None


def test_the_engines_have_floors_of_their_own() -> None:
    results = Results(
        samples=[
            sample(PLAIN, Operation.REFRESH, 20_000, cpu_us=40),
            sample(ON_SQLITE, Operation.REFRESH, 10_000),
            sample(ON_POSTGRES, Operation.REFRESH, 5_000),
        ],
        floors=[Floor(Primitive.SQLITE_GROUPED, 1, 10), Floor(Primitive.POSTGRES_AT_ONCE, 1, 60)],
    )
    assert [of_floor(results, one, Operation.REFRESH) for one in (ON_SQLITE, ON_POSTGRES)] == [0.5, 0.5]
    said = markdown(results)
    assert f"| refresh with rotation | {ON_SQLITE} | the same bytes + 1 row | 50.0 | 10,000 | 50% |" in said
    assert f"| refresh with rotation | {ON_POSTGRES} | the same bytes + 1 row | 100.0 | 5,000 | 50% |" in said


def test_memory_is_judged_at_rest_and_from_the_first_round_to_the_last() -> None:
    results = Results(memory={ON_SQLITE: Memory(80, 100, 106, 3), ON_POSTGRES: Memory(81, 100, 100, 1)})
    verdicts = {one.about: one.verdict for one in goals(results) if one.about.startswith("memory")}
    assert verdicts == {
        f"memory at rest: {ON_SQLITE}": "met",
        f"memory after this run's load: {ON_SQLITE}": "missed",
        f"memory at rest: {ON_POSTGRES}": "missed",
        # one round has no second to be compared with
        f"memory after this run's load: {ON_POSTGRES}": "not measured",
        "memory after an hour of load": "not measured",
    }


def test_memory_under_a_long_load_is_judged_from_its_first_part() -> None:
    windows = [Window(60.0 * number, 700, 1, 2, mib) for number, mib in enumerate((50, *[100] * 23, 104), 1)]
    assert found(Results(load=windows), "memory after 1,500 s of load", "its first part").measured == 1.04


def test_latencies_are_judged_at_the_most_instances_against_the_fewest() -> None:
    results = Results(
        populations=[Population(size, 1, 1, 1, {}) for size in (10_000, 100_000, 1_000_000)],
        growth=[
            sample(str(size), one, 100, p99_ms=p99) for size, p99 in ((10_000, 10), (1_000_000, 12)) for one in GROWING
        ],
    )
    assert [one.measured for one in goals(results) if one.about.startswith("p99 at 1,000,000")] == [1.2] * len(GROWING)


@pytest.mark.parametrize(
    ("sizes", "measured"),
    [
        ((), False),
        ((10_000,), False),
        ((10_000, 1_000_000), False),
        ((100_000, 10_000_000), False),
        ((10_000, 100_000, 10_000_000), True),
    ],
)
def test_ten_million_instances_are_a_goal_that_was_not_measured_in_every_smaller_run(
    sizes: tuple[int, ...], *, measured: bool
) -> None:
    results = Results(growth=[sample(str(size), one, 100) for size in sizes for one in GROWING])
    verdicts = [one.verdict for one in goals(results) if one.about == "p99 at 10,000,000 instances"]
    assert verdicts == ([] if measured else ["not measured"])


@pytest.mark.parametrize(("ends", "measured"), [((), False), ((60.0, 3500.0), False), ((60.0, 3541.0), True)])
def test_an_hour_of_load_is_a_goal_that_was_not_measured_in_every_shorter_run(
    ends: tuple[float, ...], *, measured: bool
) -> None:
    results = Results(load=[Window(end, 700, 1, 2, 100) for end in ends])
    verdicts = [one.verdict for one in goals(results) if one.about == "memory after an hour of load"]
    assert verdicts == ([] if measured else ["not measured"])


def test_every_goal_is_about_a_contestant_that_there_is(tmp_path: object) -> None:
    names = {one.name for one in contestants(1, tmp_path, None)}  # type: ignore[arg-type]
    assert {PEER, ON_SQLITE} <= names
