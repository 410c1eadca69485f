"""One run, from the first server that is started to the last line of the report; each step is kept."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from keyfob_bench.contestant import Missing, Operation, Running
from keyfob_bench.contestants import contestants
from keyfob_bench.exchange import WrongAnswer
from keyfob_bench.floor import NAME as PLAIN
from keyfob_bench.floor import start_floor
from keyfob_bench.goals import GROWING
from keyfob_bench.growth import CONNECTIONS, Loaded, start_grown
from keyfob_bench.keyfob import ON_SQLITE
from keyfob_bench.pictures import pictures
from keyfob_bench.postgres import Missing as NoPostgres
from keyfob_bench.postgres import Postgres
from keyfob_bench.primitives import Floor
from keyfob_bench.processes import resident_mib
from keyfob_bench.report import markdown
from keyfob_bench.results import Memory, Results
from keyfob_bench.schedule import Plan, rounds
from keyfob_bench.soak import soak

T = TypeVar("T")

SERVER_CORE, LOAD_CORE = 0, 1
_PRIMITIVE_S: Final = 0.3
_FLOORS_S: Final = 5.0
"""What all primitives take, with the start of their process."""
# before the stores are full; the journey and registrations fill them
_ORDER: Final = (
    Operation.DISCOVERY, Operation.KEYS, Operation.CLIENT_CREDENTIALS, Operation.REFRESH, Operation.INTROSPECTION,
    Operation.USERINFO, Operation.CODE_ES256, Operation.CODE_RS256, Operation.SIGN_IN, Operation.JOURNEY,
    Operation.REGISTER_SECRET, Operation.REGISTER_TEMPLATED, Operation.REGISTER_KEY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    minutes: float
    rounds: int
    connections: int
    sizes: tuple[int, ...]
    growth_seconds: float
    load_seconds: float
    only: str
    out: Path
    peers: Path

    @property
    def growth_s(self) -> float:
        """What growth will take, about: to start, to load, to measure."""
        samples = len(self.sizes) * len(GROWING) * self.rounds
        return sum(15 + size / 10_000 for size in self.sizes) + samples * (self.growth_seconds + 0.5)


@dataclass(slots=True)
class _Run:
    asked: Asked
    say: Callable[[str], None]
    folder: Path
    opened: ExitStack
    results: Results = field(default_factory=Results)
    began: float = field(default_factory=time.monotonic)

    def tell(self, text: str) -> None:
        self.say(f"{time.monotonic() - self.began:5.0f} s  {text}")

    def note(self, text: str) -> None:
        self.results.notes.append(text)
        self.tell(text)

    def keep(self) -> None:
        out = self.asked.out
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.json").write_text(json.dumps(asdict(self.results), indent=1))
        (out / "report.md").write_text(markdown(self.results))
        for name, picture in pictures(self.results):
            (out / name).write_text(picture)


def run(asked: Asked, say: Callable[[str], None]) -> Results:
    os.sched_setaffinity(0, {LOAD_CORE})
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="keyfob-bench-")))
        one = _Run(asked, say, folder, opened)
        one.results.machine = _machine(asked)
        try:
            postgres = _postgres(one)
            if asked.only != "-":
                _compare(one, postgres)
            if postgres and asked.sizes:
                _grow(one, postgres)
        except KeyboardInterrupt:
            one.note("the run was interrupted")
        one.keep()
        one.tell(f"written: {asked.out / 'report.md'}")
        return one.results


def _postgres(one: _Run) -> Postgres | None:
    try:
        postgres = Postgres(LOAD_CORE)
    except (NoPostgres, RuntimeError, OSError) as error:
        one.note(f"nothing on PostgreSQL: {error}")
        return None
    one.opened.callback(postgres.close)
    return postgres


def _compare(one: _Run, postgres: Postgres | None) -> None:
    asked, results = one.asked, one.results
    with ExitStack() as opened:
        servers = _started(one, postgres, opened)
        if not servers:
            return
        until = one.began + asked.minutes * 60 - asked.growth_s
        plan = Plan(asked.rounds, asked.connections, until=until, between_s=_FLOORS_S)
        before: Mapping[str, float] = {}
        for number in rounds(servers, _ORDER, plan, one.tell, results.samples.append):
            results.floors += _primitives(one, postgres)
            after = {name: resident_mib(server.pids) for name, server in servers.items()}
            before = before or after
            for name, server in servers.items():
                results.memory[name] = Memory(server.at_rest_mib, before[name], after[name], number)
            one.keep()


def _started(one: _Run, postgres: Postgres | None, opened: ExitStack) -> dict[str, Running]:
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
        bare = start_floor(servers[ON_SQLITE], _ORDER, one.folder, SERVER_CORE)
        opened.callback(bare.close)
        servers[PLAIN], results.settings[PLAIN] = bare, bare.settings
        one.tell(f"{PLAIN}: started")
    return servers


def _or_missing(act: Callable[[], T]) -> T | Missing:
    """One contestant that fails takes no other with it."""
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - whatever a contestant's set-up may raise
        return Missing(f"{type(error).__name__}: {error}"[:300])


def _primitives(one: _Run, postgres: Postgres | None) -> Iterator[Floor]:
    command = ["taskset", "--cpu-list", str(SERVER_CORE), sys.executable, "-m", "keyfob_bench.primitives"]
    command += [str(one.folder), str(_PRIMITIVE_S), *((postgres.url("postgres"),) if postgres else ())]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603
    if done.returncode != 0:
        one.note(f"the floors were not measured: {done.stderr.strip()[-300:]}")
        return
    for line in done.stdout.splitlines():
        yield Floor(**json.loads(line))


def _grow(one: _Run, postgres: Postgres) -> None:
    asked, results = one.asked, one.results
    with ExitStack() as opened:
        grown: dict[str, Loaded] = {}
        for size in asked.sizes:
            own = one.folder / f"grown-{size}"
            own.mkdir()
            try:
                loaded = start_grown(own, SERVER_CORE, postgres, size, one.tell)
            except Exception as error:  # noqa: BLE001 - what was measured before is kept
                one.note(f"growth ends before {size:,} instances: {type(error).__name__}: {error}"[:400])
                break
            opened.callback(loaded.crowd.close)
            grown[str(size)] = loaded
            results.populations.append(loaded.facts)
            one.keep()
        crowds = {name: loaded.crowd for name, loaded in grown.items()}
        plan = Plan(asked.rounds, CONNECTIONS, asked.growth_seconds)
        for _ in rounds(crowds, GROWING, plan, one.tell, results.growth.append):
            one.keep()
        if grown and asked.load_seconds:
            _load(one, list(grown.values())[-1])


def _load(one: _Run, loaded: Loaded) -> None:
    one.results.load_on = loaded.facts.instances
    try:
        for window in soak(loaded.crowd, one.asked.load_seconds):
            one.results.load.append(window)
            one.keep()
            one.tell(f"load: {window.rate:.0f}/s, p99 {window.p99_ms:.1f} ms, {window.mib:.0f} MiB")
    except (WrongAnswer, OSError) as error:
        one.note(f"the load ended: {error}"[:400])


def _machine(asked: Asked) -> str:
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {platform.system()}, {os.cpu_count()} processors, Python "
        f"{platform.python_version()}; one processor for the server that is measured, one for the load and PostgreSQL; "
        f"{asked.connections} connections, all in one run."
    )
