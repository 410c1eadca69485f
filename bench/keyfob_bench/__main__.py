"""Measure Keyfob beside its peers: `python -m keyfob_bench --help`."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from keyfob_bench.contestant import Contestant, Missing, Operation, Running
from keyfob_bench.floor import NAME as FLOOR
from keyfob_bench.floor import start_floor
from keyfob_bench.keyfob import KeyfobOnSqlite
from keyfob_bench.peers.oidc_provider import OidcProvider
from keyfob_bench.report import markdown
from keyfob_bench.schedule import rounds

OPERATIONS = (
    Operation.DISCOVERY,
    Operation.KEYS,
    Operation.CLIENT_CREDENTIALS,
    Operation.REFRESH,
    Operation.INTROSPECTION,
    Operation.USERINFO,
    Operation.CODE_ES256,
    Operation.CODE_RS256,
    # last: it fills the stores
    Operation.REGISTER_SECRET,
)
SERVER_CORE, LOAD_CORE = 0, 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m keyfob_bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    chosen = parser.parse_args()
    os.sched_setaffinity(0, {LOAD_CORE})
    peers = Path(__file__).parents[1] / ".peers"
    contestants: Sequence[Contestant] = (
        KeyfobOnSqlite(chosen.connections),
        OidcProvider(peers, chosen.connections),
    )
    settings: dict[str, Sequence[str]] = {}
    servers: dict[str, Running] = {}
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="keyfob-bench-")))
        for contestant in contestants:
            missing = contestant.install(peers)
            if isinstance(missing, Missing):
                settings[contestant.name] = (f"missing: {missing.reason}.",)
                continue
            own = folder / contestant.name.split(",")[0]
            own.mkdir()
            server = contestant.start(own, SERVER_CORE)
            opened.callback(server.close)
            servers[contestant.name], settings[contestant.name] = server, server.settings
        bare = start_floor(servers[contestants[0].name], OPERATIONS, folder, SERVER_CORE)
        opened.callback(bare.close)
        servers[FLOOR], settings[FLOOR] = bare, bare.settings
        samples = []
        for sample in rounds(
            servers, OPERATIONS, times=chosen.rounds, seconds=chosen.seconds, connections=chosen.connections
        ):
            samples.append(sample)
            sys.stdout.write(f"{sample.operation}: {sample.server}: {sample.rate:.0f}/s {sample.wrong}\n")
            sys.stdout.flush()
    chosen.out.mkdir(parents=True, exist_ok=True)
    machine = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {platform.system()}, {os.cpu_count()} processors, Python "
        f"{platform.python_version()}; one processor for the server that is measured and one for the load, "
        f"{chosen.connections} connections, {chosen.rounds} rounds of {chosen.seconds:g} seconds each, all in one run."
    )
    (chosen.out / "report.md").write_text(markdown(samples, settings, machine))
    (chosen.out / "report.json").write_text(json.dumps([asdict(one) for one in samples], indent=1))


if __name__ == "__main__":
    main()
