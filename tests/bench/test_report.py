from keyfob_bench.contestant import Operation
from keyfob_bench.floor import NAME as FLOOR
from keyfob_bench.keyfob import KeyfobOnSqlite
from keyfob_bench.peers.oidc_provider import OidcProvider
from keyfob_bench.report import GOALS, markdown, rate
from keyfob_bench.schedule import Sample

OURS, PEER = KeyfobOnSqlite.name, OidcProvider.name


def sample(server: str, measured: float, wrong: str = "") -> Sample:
    return Sample(server, Operation.REFRESH, measured, 100, 1, 2, 0.01, wrong)


def test_the_rate_is_the_median_of_the_rounds_and_none_when_one_was_wrong() -> None:
    samples = [sample(OURS, 100), sample(OURS, 300), sample(OURS, 200), sample(PEER, 50), sample(PEER, 0, "503")]
    assert rate(samples, OURS, Operation.REFRESH) == 200
    assert rate(samples, PEER, Operation.REFRESH) is None
    assert rate(samples, OURS, Operation.KEYS) is None


def test_a_goal_is_met_missed_or_not_measured() -> None:
    settings = {OURS: ("ours",), PEER: ("theirs",)}
    met = markdown([sample(OURS, 200), sample(PEER, 100)], settings, "")
    missed = markdown([sample(OURS, 199), sample(PEER, 100)], settings, "")
    wrong = markdown([sample(OURS, 200), sample(PEER, 0, "503")], settings, "")
    assert f"| refresh with rotation | {PEER} | 2 | 2.00 | met |" in met
    assert f"| refresh with rotation | {PEER} | 2 | 1.99 | missed |" in missed
    assert f"| refresh with rotation | {PEER} | 2 | not measured |  |" in wrong
    assert f"- {PEER}, refresh with rotation: 503" in wrong


def test_every_goal_is_about_a_contestant_that_there_is() -> None:
    assert {other for _, other, _ in GOALS} == {PEER, FLOOR}
