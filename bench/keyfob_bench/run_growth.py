"""The part of a run that fills databases: how latencies grow, and what a long load does."""

from contextlib import ExitStack

from keyfob_bench.exchange import WrongAnswer
from keyfob_bench.goals import GROWING
from keyfob_bench.growth import CONNECTIONS, Loaded, start_grown
from keyfob_bench.keyfob import ON_POSTGRES
from keyfob_bench.postgres import Postgres
from keyfob_bench.schedule import Plan, rounds
from keyfob_bench.soak import soak
from keyfob_bench.under_way import SERVER_CORE, Part, Run


def grow(one: Run, postgres: Postgres) -> None:
    asked, results = one.asked, one.results
    with ExitStack() as opened:
        grown: dict[str, Loaded] = {}
        for size in asked.loaded:
            own = one.folder / f"grown-{size}"
            own.mkdir()
            try:
                loaded = start_grown(own, SERVER_CORE, postgres, size, one.tell)
            except Exception as error:  # noqa: BLE001 - what was measured before is kept
                one.note(f"growth ends before {size:,} instances: {type(error).__name__}: {error}"[:400])
                break
            opened.callback(loaded.crowd.close)
            grown[str(size)] = loaded
            results.settings.setdefault(ON_POSTGRES, loaded.node.server.settings)
            results.populations.append(loaded.facts)
            one.keep()
        if grown and Part.GROWTH in asked.parts:
            crowds = {name: loaded.crowd for name, loaded in grown.items()}
            plan = Plan(asked.rounds, CONNECTIONS, asked.growth_seconds)
            for _ in rounds(crowds, GROWING, plan, one.tell, results.growth.append):
                one.keep()
        if grown and Part.LOAD in asked.parts:
            _load(one, list(grown.values())[-1])


def _load(one: Run, loaded: Loaded) -> None:
    one.results.load_on = loaded.facts.instances
    try:
        for window in soak(loaded.crowd, one.asked.load_seconds):
            one.results.load.append(window)
            one.keep()
            one.tell(f"load: {window.rate:.0f}/s, p99 {window.p99_ms:.1f} ms, {window.mib:.0f} MiB")
    except (WrongAnswer, OSError) as error:
        one.note(f"the load ended: {error}"[:400])
