"""From the first server that is started to the last line of the report."""

import os
import platform
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from keyfob_bench.postgres import Missing as NoPostgres
from keyfob_bench.postgres import Postgres
from keyfob_bench.results import Results
from keyfob_bench.run_growth import grow
from keyfob_bench.run_servers import compare
from keyfob_bench.under_way import LOAD_CORE, Asked, Part, Run


def run(asked: Asked, say: Callable[[str], None]) -> Results:
    os.sched_setaffinity(0, {LOAD_CORE})
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="keyfob-bench-")))
        one = Run(asked, say, folder, opened)
        one.results.machine = _machine(asked)
        try:
            postgres = _postgres(one)
            if Part.SERVERS in asked.parts:
                compare(one, postgres)
            if postgres and asked.loaded:
                grow(one, postgres)
        except KeyboardInterrupt:
            one.note("the run was interrupted")
        one.keep()
        one.tell(f"written: {asked.out / 'report.md'}")
        return one.results


def _postgres(one: Run) -> Postgres | None:
    try:
        postgres = Postgres(LOAD_CORE)
    except (NoPostgres, RuntimeError, OSError) as error:
        one.note(f"nothing on PostgreSQL: {error}")
        return None
    one.opened.callback(postgres.close)
    return postgres


def _machine(asked: Asked) -> str:
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {platform.system()}, {os.cpu_count()} processors, Python "
        f"{platform.python_version()}; one processor for the server that is measured, one for the load and PostgreSQL; "
        f"{asked.connections} connections, all in one run."
    )
