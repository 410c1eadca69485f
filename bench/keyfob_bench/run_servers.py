"""The part of a run that compares servers."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final, TypeVar

from keyfob_bench.contestant import Missing, Operation, Running
from keyfob_bench.contestants import contestants
from keyfob_bench.floor import NAME as PLAIN
from keyfob_bench.floor import READY, record, start_floor, start_ready
from keyfob_bench.keyfob import ON_SQLITE
from keyfob_bench.postgres import Postgres
from keyfob_bench.primitives import Floor
from keyfob_bench.processes import resident_mib
from keyfob_bench.results import Memory
from keyfob_bench.schedule import Plan, Sample, rounds
from keyfob_bench.under_way import SERVER_CORE, Run

T = TypeVar("T")

_PRIMITIVE_S: Final = 0.3
_FLOORS_S: Final = 5.0
"""What all primitives take, with the start of their process."""
# before the stores are full; the journey and registrations fill them
_ORDER: Final = (
    Operation.DISCOVERY, Operation.KEYS, Operation.CLIENT_CREDENTIALS, Operation.REFRESH, Operation.INTROSPECTION,
    Operation.USERINFO, Operation.CODE_ES256, Operation.CODE_RS256, Operation.SIGN_IN, Operation.JOURNEY,
    Operation.REGISTER_SECRET, Operation.REGISTER_TEMPLATED, Operation.REGISTER_KEY,
)  # fmt: skip


def compare(one: Run, postgres: Postgres | None) -> None:
    asked, results = one.asked, one.results
    with ExitStack() as opened:
        servers = _started(one, postgres, opened)
        if not servers:
            return
        until = one.began + asked.minutes * 60 - asked.growth_s
        plan = Plan(asked.rounds, asked.connections, until=until, between_s=_FLOORS_S)
        before: Mapping[str, float] = {}

        def taken(sample: Sample) -> None:
            (results.generator if sample.server == READY else results.samples).append(sample)

        for number in rounds(servers, _ORDER, plan, one.tell, taken):
            results.floors += _primitives(one, postgres)
            after = {name: resident_mib(server.pids) for name, server in servers.items() if name != READY}
            before = before or after
            for name, mib in after.items():
                results.memory[name] = Memory(servers[name].at_rest_mib, before[name], mib, number)
            one.keep()


def _started(one: Run, postgres: Postgres | None, opened: ExitStack) -> dict[str, Running]:
    """All that can be had; the time of the run begins when they are installed."""
    asked, results = one.asked, one.results
    found = [
        who
        for who in contestants(asked.connections, asked.peers, postgres)
        if any(part in who.name for part in asked.only.split(","))
    ]
    here = []
    for who in found:
        one.tell(f"{who.name}: installing")
        missing = _or_missing(lambda who=who: who.install(asked.peers))  # type: ignore[misc]
        if isinstance(missing, Missing):
            results.missing[who.name] = missing.reason
            one.tell(f"{who.name}: missing: {missing.reason}")
        else:
            here.append(who)
    one.began = time.monotonic()
    servers: dict[str, Running] = {}
    for number, who in enumerate(here):
        own = one.folder / str(number)
        own.mkdir()
        server = _or_missing(lambda who=who, own=own: who.start(own, SERVER_CORE))  # type: ignore[misc]
        if isinstance(server, Missing):
            results.missing[who.name] = server.reason
            one.note(f"{who.name} could not be started: {server.reason}")
            continue
        opened.callback(server.close)
        servers[who.name], results.settings[who.name] = server, server.settings
        one.tell(f"{who.name}: started")
    if ON_SQLITE in servers:
        _start_floors(one, servers, opened)
    return servers


def _start_floors(one: Run, servers: dict[str, Running], opened: ExitStack) -> None:
    recording = record(servers[ON_SQLITE], _ORDER, one.folder)
    for name, start in ((PLAIN, start_floor), (READY, start_ready)):
        servers[name] = start(recording, SERVER_CORE)
        opened.callback(servers[name].close)
        one.tell(f"{name}: started")
    one.results.settings[PLAIN] = servers[PLAIN].settings


def _or_missing(act: Callable[[], T]) -> T | Missing:
    """One contestant that fails takes no other with it."""
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - whatever a contestant's set-up may raise
        return Missing(f"{type(error).__name__}: {error}"[:300])


def _primitives(one: Run, postgres: Postgres | None) -> Iterator[Floor]:
    command = ["taskset", "--cpu-list", str(SERVER_CORE), sys.executable, "-m", "keyfob_bench.primitives"]
    command += [str(one.folder), str(_PRIMITIVE_S), *((postgres.url("postgres"),) if postgres else ())]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603
    if done.returncode != 0:
        one.note(f"the floors were not measured: {done.stderr.strip()[-300:]}")
        return
    for line in done.stdout.splitlines():
        yield Floor(**json.loads(line))
