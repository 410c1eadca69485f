"""How long ago a person gave the password matters to a real server, and the bench keeps it short."""

import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from keyfob_bench.contestant import Operation
from keyfob_bench.exchange import WrongAnswer
from keyfob_bench.keyfob import start_keyfob
from keyfob_bench.keyfob_sessions import renewed
from keyfob_bench.load import drive
from keyfob_bench.provider import Provider, Seat
from keyfob_bench.schedule import Plan, Sample, rounds
from keyfob_bench.started import Server, free_port, start_on

pytestmark = pytest.mark.slow

CONNECTIONS: Final = 2
# rounds that take longer than this must not matter
RECENT_S: Final = 6


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    variables = {"KEYFOB_LIFETIMES_RECENT_PASSWORD_S": str(RECENT_S)}
    found = start_keyfob(tmp_path_factory.mktemp("keyfob"), 0, CONNECTIONS, variables=variables).server
    try:
        yield found
    finally:
        found.close()


def test_the_journey_has_a_figure_in_every_round_of_a_run_that_outlasts_a_recent_password(server: Server) -> None:
    taken: list[Sample] = []
    plan = Plan(times=2, connections=CONNECTIONS, seconds=1.5)
    for _ in rounds({"Keyfob": server}, [Operation.JOURNEY], plan, print, taken.append):
        time.sleep(RECENT_S + 1)
    assert [one.wrong for one in taken] == ["", ""]
    assert min(one.rate for one in taken) > 0


def test_without_a_new_session_the_journey_would_be_refused(server: Server) -> None:
    time.sleep(RECENT_S + 1)
    script = server.script(Operation.JOURNEY, 0)
    assert script is not None
    with pytest.raises(WrongAnswer):
        drive(server.address, [script], 0.5, warm_up_s=0)


def test_sessions_that_are_recent_stay_as_they_are() -> None:
    provider = signed_in_before(140)
    assert renewed("http://127.0.0.1:9", 300, provider) is provider


def test_a_server_that_is_gone_when_sessions_are_renewed_has_a_sample_that_counts_for_nothing(tmp_path: Path) -> None:
    base = f"http://127.0.0.1:{free_port()}"
    process = start_on(0, [sys.executable, "-c", ""], tmp_path)
    server = Server(("127.0.0.1", 9), process, signed_in_before(160), (), renew=partial(renewed, base, 300))
    taken: list[Sample] = []
    plan = Plan(times=1, connections=1, seconds=0.5)
    assert list(rounds({"gone": server}, [Operation.CODE_ES256], plan, print, taken.append)) == [1]
    assert [(one.rate, one.wrong.partition(":")[0]) for one in taken] == [(0, "ConnectError")]
    process.wait()


def signed_in_before(seconds: float) -> Provider:
    redirect_uri, since = "https://app.example/callback", time.monotonic() - seconds
    seat = Seat("install", {}, redirect_uri, "openid", cookie="a=b", since=since)
    return Provider("/", {"authorization_endpoint": "/authorize"}, {"ES256": [seat]}, {}, "", {})
