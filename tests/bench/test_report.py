import pytest

from keyfob_bench.contestant import Operation
from keyfob_bench.floor import NAME as PLAIN
from keyfob_bench.floor import READY
from keyfob_bench.keyfob import ON_POSTGRES, ON_SQLITE
from keyfob_bench.peers.oidc_provider import OidcProvider
from keyfob_bench.report import markdown
from keyfob_bench.results import Memory, Population, Results, Window
from keyfob_bench.schedule import Sample

PEER = OidcProvider.name


def sample(server: str, rate: float, *, operation: str = Operation.REFRESH, wrong: str = "", **more: float) -> Sample:
    return Sample(server, operation, rate, cpu_us=100, p50_ms=1, p99_ms=2, wrong=wrong, **more)


def test_the_rate_is_the_median_of_the_rounds_and_none_when_one_was_wrong() -> None:
    results = Results(samples=[sample(ON_SQLITE, rate) for rate in (100, 300, 200)])
    results.samples += [sample(PEER, 50), sample(PEER, 0, wrong="503")]
    assert results.rate(ON_SQLITE, Operation.REFRESH) == 200
    assert results.rate(PEER, Operation.REFRESH) is None
    assert results.rate(ON_SQLITE, Operation.KEYS) is None
    assert results.cpu_us(PEER, Operation.REFRESH) is None


def test_a_report_of_nothing_says_that_nothing_was_measured() -> None:
    said = markdown(Results(machine="Measured nowhere."))
    assert "Measured nowhere." in said
    assert "| refresh with rotation | oidc-provider, in memory | 2x | 3x |  | not measured |" in said


def test_a_contestant_that_is_missing_or_answered_wrongly_is_named() -> None:
    results = Results(samples=[sample(PEER, 0, wrong="503, not 200")], missing={"Another": "not in the registry"})
    results.notes.append("the floors were not measured")
    said = markdown(results)
    assert "- **Another** is missing: not in the registry." in said
    assert "| refresh with rotation | wrong answer |" in said
    assert f"- {PEER}, refresh with rotation: 503, not 200" in said
    assert "- the floors were not measured" in said


def test_a_cell_has_the_median_the_spread_and_the_time_of_both_processors() -> None:
    results = Results(samples=[sample(ON_POSTGRES, rate, database_us=300) for rate in (1500, 900, 1000)])
    assert "| refresh with rotation | 1,000 (900 to 1,500); 100 + 300 us |" in markdown(results)


@pytest.mark.parametrize(
    ("plain", "ready", "said"),
    [
        ([2000], [], "2.0x |  |  | shown |"),
        ([1999], [], "2.0x |  |  | not shown |"),
        # what comes near to plain uvicorn is held against bytes that are ready
        ([1100], [2000], "1.1x | 2.0x | 250.0 | shown |"),
        ([1100], [1999], "1.1x | 2.0x | 250.1 | not shown |"),
        ([1100], [4000, 0], "1.1x |  |  | not shown |"),
        ([], [2000], " | 2.0x | 250.0 | shown |"),
        ([], [], " |  |  | not measured |"),
    ],
)
def test_the_load_generator_is_shown_to_drive_something_at_twice_the_fastest(
    plain: list[float], ready: list[float], said: str
) -> None:
    results = Results(samples=[sample(PEER, 1000), sample(ON_SQLITE, 500), *(sample(PLAIN, one) for one in plain)])
    results.generator += [sample(READY, one, load=0.5) for one in ready]
    assert f"| refresh with rotation | {PEER} | {said}" in markdown(results)


def test_a_wrong_answer_to_the_load_generator_itself_is_told() -> None:
    results = Results(generator=[sample(READY, 0, wrong="another body")])
    assert f"- {READY}, refresh with rotation: another body" in markdown(results)


def test_a_run_of_growth_alone_says_nothing_of_servers() -> None:
    results = Results(populations=[Population(10_000, 1, 1, 1, {})], growth=[sample("10000", 100, foreign=0.3)])
    said = markdown(results)
    heads = [line for line in said.splitlines() if line.startswith("## ")]
    assert heads == ["## Goals", "## Growth"]
    assert "Others kept 0.30 processors busy" in said


def test_a_run_of_load_alone_says_nothing_of_servers_nor_of_latencies_that_grow() -> None:
    results = Results(
        populations=[Population(10_000, 1, 1, 1, {"find": (0.2, 0.5)})], load=[Window(60, 1, 1, 1, 1)], load_on=10_000
    )
    said = markdown(results)
    heads = [line for line in said.splitlines() if line.startswith("## ")]
    assert heads == ["## Goals", "## Growth", "## 60 seconds of load on 10,000 instances"]
    assert "Others kept" not in said
    assert "growth.svg" not in said
    assert "| find | 0.20, 0.50 |" in said
    assert "operation, p50 and p99" not in said


def test_others_work_on_the_machine_is_told() -> None:
    results = Results(samples=[sample(PEER, 1, foreign=one) for one in (0.01, 0.02, 0.9)])
    assert "Others kept 0.02 processors busy while a sample was taken (median), and 0.90 at most." in markdown(results)


def test_growth_memory_and_the_long_load_have_their_tables() -> None:
    results = Results(
        memory={ON_SQLITE: Memory(67, 90, 91, 3)},
        populations=[Population(10_000, 1.2, 1824, 282, {"find": (0.2, 0.5)})],
        growth=[sample("10000", 100)],
        load=[Window(60, 700, 1, 4, 90), Window(120, 710, 1, 5, 91)],
        load_on=10_000,
    )
    said = markdown(results)
    assert f"| {ON_SQLITE} | 67 | 90 | 91 |" in said
    assert "| refresh with rotation | 1.00, 2.00 |" in said
    assert "| find | 0.20, 0.50 |" in said
    assert "| bytes for an instance and its grant | 1,824 |" in said
    assert "## 120 seconds of load on 10,000 instances" in said
    assert "| 120 | 710 | 1.00 | 5.00 | 91 |" in said
