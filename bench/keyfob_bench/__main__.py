"""Measure Keyfob beside its peers: `python -m keyfob_bench --help`."""

import argparse
import os
import signal
import sys
import types
from pathlib import Path

from keyfob_bench.run import run
from keyfob_bench.under_way import Asked, Part


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m keyfob_bench")
    parser.add_argument("--parts", type=_parts, default="servers,growth", help=f"of {', '.join(Part)}")
    parser.add_argument("--minutes", type=float, default=14, help="for servers and growth, once all is installed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--sizes", type=_sizes, default="10000,100000", help="numbers of instances")
    parser.add_argument("--growth-seconds", type=float, default=3, help="of each sample of growth")
    parser.add_argument("--load-seconds", type=float, default=3600, help="of load on the largest number of instances")
    parser.add_argument("--only", default="", help="servers to compare, by parts of their names, with commas between")
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    chosen = parser.parse_args()
    # a terminated bench ends what it started, as an interrupted one does
    signal.signal(signal.SIGTERM, _interrupt)
    run(
        Asked(
            minutes=chosen.minutes,
            rounds=chosen.rounds,
            connections=chosen.connections,
            sizes=chosen.sizes,
            growth_seconds=chosen.growth_seconds,
            load_seconds=chosen.load_seconds,
            only=chosen.only,
            out=chosen.out,
            peers=Path(__file__).parents[1] / ".peers",
            parts=chosen.parts,
        ),
        say,
    )


def _parts(text: str) -> frozenset[Part]:
    return frozenset(Part(one) for one in text.split(","))


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(one) for one in text.split(",")}))


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _interrupt(_number: int, _frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
